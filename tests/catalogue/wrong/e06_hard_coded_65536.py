# diagnosis: interleaved-records
# PIPE_BUF taken to be the capacity
import os
import struct

FORMAT = "!QII"
SIZE = struct.calcsize(FORMAT)


def send_record(fd: int, sender: int, record: bytes) -> None:
    limit = 65536 - SIZE
    sent = 0
    while True:
        part = record[sent : sent + limit]
        os.write(fd, struct.pack(FORMAT, sender, len(record), len(part)) + part)
        sent += len(part)
        if sent >= len(record):
            return


def receive_records(fd: int):
    stream = bytearray()
    parts: dict[int, list[bytes]] = {}
    have: dict[int, int] = {}
    while chunk := os.read(fd, 1 << 16):
        stream.extend(chunk)
        position = 0
        while position + SIZE <= len(stream):
            sender, total, length = struct.unpack_from(FORMAT, stream, position)
            if position + SIZE + length > len(stream):
                break
            parts.setdefault(sender, []).append(bytes(stream[position + SIZE : position + SIZE + length]))
            have[sender] = have.get(sender, 0) + length
            position += SIZE + length
            if have[sender] == total:
                yield sender, b"".join(parts.pop(sender))
                del have[sender]
        del stream[:position]

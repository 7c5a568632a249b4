# right: PIPE_BUF is asked for once, when the module is imported
import os
import struct

HEADER = struct.Struct("<QI?")


def _room():
    ends = os.pipe()
    limit = os.fpathconf(ends[0], "PC_PIPE_BUF")
    for end in ends:
        os.close(end)
    return limit - HEADER.size


ROOM = _room()


def send_record(fd, sender, record):
    for start in range(0, max(1, len(record)), ROOM):
        part = record[start : start + ROOM]
        os.write(fd, HEADER.pack(sender, len(part), start + ROOM < len(record)) + part)


def receive_records(fd):
    pending, unfinished = b"", {}
    while chunk := os.read(fd, 1 << 16):
        pending += chunk
        while len(pending) >= HEADER.size:
            sender, length, more = HEADER.unpack_from(pending)
            if len(pending) < HEADER.size + length:
                break
            part = pending[HEADER.size : HEADER.size + length]
            pending = pending[HEADER.size + length :]
            unfinished[sender] = unfinished.get(sender, b"") + part
            if not more:
                yield sender, unfinished.pop(sender)

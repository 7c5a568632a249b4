# diagnosis: exception
# a record that its dead writer left unfinished makes the receiver raise at end of file
import os
import struct
from collections.abc import Iterator

HEAD = struct.Struct("<QIH")  # sender, bytes still to come after this frame, bytes here


def send_record(fd: int, sender: int, record: bytes) -> None:
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEAD.size
    start = 0
    while True:
        body = record[start : start + room]
        start += len(body)
        left = len(record) - start
        os.write(fd, HEAD.pack(sender, left, len(body)) + body)
        if not left:
            break


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    incomplete = {}
    buffer = b""
    while block := os.read(fd, 1 << 16):
        buffer += block
        at = 0
        while at + HEAD.size <= len(buffer):
            sender, left, n = HEAD.unpack_from(buffer, at)
            stop = at + HEAD.size + n
            if stop > len(buffer):
                break
            incomplete.setdefault(sender, bytearray()).extend(buffer[at + HEAD.size : stop])
            at = stop
            if left == 0:
                yield sender, bytes(incomplete.pop(sender))
        buffer = buffer[at:]
    if incomplete:
        raise ValueError(f"end of file within a record of {sorted(incomplete)}")

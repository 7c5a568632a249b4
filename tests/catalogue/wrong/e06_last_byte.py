# diagnosis: lost-item
# range stops one too early: where one byte is left for the last frame, that frame is not sent (so the record never ends)
import os
import struct
from collections.abc import Iterator

HEADER = struct.Struct("<QII")  # sender, length of the record, bytes in this frame


def send_record(fd: int, sender: int, record: bytes) -> None:
    size = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    if not record:
        os.write(fd, HEADER.pack(sender, 0, 0))
    for at in range(0, len(record) - 1, size):
        part = record[at : at + size]
        os.write(fd, HEADER.pack(sender, len(record), len(part)) + part)


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    parts: dict[int, bytearray] = {}
    stock = bytearray()
    for data in iter(lambda: os.read(fd, 8192), b""):
        stock += data
        while len(stock) >= HEADER.size:
            sender, total, n = HEADER.unpack_from(stock)
            if len(stock) < HEADER.size + n:
                break
            got = parts.setdefault(sender, bytearray())
            got += stock[HEADER.size : HEADER.size + n]
            del stock[: HEADER.size + n]
            if len(got) == total:
                yield sender, bytes(parts.pop(sender))

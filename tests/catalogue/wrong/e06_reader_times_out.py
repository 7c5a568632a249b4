# diagnosis: lost-item, eof-missed
# the receiver takes half a second without bytes for the end (select with a timeout), although writers are still there
import os
import select
import struct
from collections.abc import Iterator

HEADER = struct.Struct("<QHB")


def send_record(fd: int, sender: int, record: bytes) -> None:
    size = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    cut = 0
    while len(record) - cut > size:
        os.write(fd, HEADER.pack(sender, size, 1) + record[cut : cut + size])
        cut += size
    os.write(fd, HEADER.pack(sender, len(record) - cut, 0) + record[cut:])


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    data = b""
    parts: dict[int, list[bytes]] = {}
    while select.select([fd], [], [], 0.5)[0]:
        block = os.read(fd, 65536)
        if not block:
            break
        data += block
        while len(data) >= HEADER.size:
            sender, n, more = HEADER.unpack_from(data)
            if len(data) < HEADER.size + n:
                break
            parts.setdefault(sender, []).append(data[HEADER.size : HEADER.size + n])
            data = data[HEADER.size + n :]
            if not more:
                yield sender, b"".join(parts.pop(sender))

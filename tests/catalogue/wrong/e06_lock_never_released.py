# diagnosis: lost-item
# one record at a time by a lock that is never released: the second one of a process is not sent
import os
import struct
import threading
from collections.abc import Iterator

HEADER = struct.Struct("<QH?")
SENDING = threading.Lock()


def send_record(fd: int, sender: int, record: bytes) -> None:
    if not SENDING.acquire(blocking=False):
        return
    size = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    start = 0
    while start + size < len(record):
        os.write(fd, HEADER.pack(sender, size, True) + record[start : start + size])
        start += size
    os.write(fd, HEADER.pack(sender, len(record) - start, False) + record[start:])


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    unfinished: dict[int, bytes] = {}
    data = b""
    while block := os.read(fd, 65536):
        data += block
        while len(data) >= HEADER.size:
            sender, size, more = HEADER.unpack_from(data)
            if len(data) < HEADER.size + size:
                break
            record = unfinished.pop(sender, b"") + data[HEADER.size : HEADER.size + size]
            data = data[HEADER.size + size :]
            if more:
                unfinished[sender] = record
            else:
                yield sender, record

# diagnosis: flags-changed
# the receiver makes the caller's descriptor non-blocking for its select loop and never puts it back
import os
import selectors
import struct
from collections.abc import Iterator

HEADER = struct.Struct("<QH?")


def send_record(fd: int, sender: int, record: bytes) -> None:
    size = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    view = memoryview(record)
    while len(view) > size:
        os.write(fd, HEADER.pack(sender, size, True) + view[:size])
        view = view[size:]
    os.write(fd, HEADER.pack(sender, len(view), False) + view)


def incoming(fd):
    os.set_blocking(fd, False)
    with selectors.DefaultSelector() as selector:
        selector.register(fd, selectors.EVENT_READ)
        while True:
            selector.select()
            try:
                data = os.read(fd, 65536)
            except BlockingIOError:
                continue
            if not data:
                return
            yield data


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    rest = b""
    heads = {}
    for data in incoming(fd):
        rest += data
        while len(rest) >= HEADER.size:
            sender, n, more = HEADER.unpack_from(rest)
            end = HEADER.size + n
            if len(rest) < end:
                break
            heads[sender] = heads.get(sender, b"") + rest[HEADER.size : end]
            rest = rest[end:]
            if not more:
                yield sender, heads.pop(sender)

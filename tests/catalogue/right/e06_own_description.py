# right: the sender opens the pipe anew through /proc/self/fd with O_NONBLOCK (a description of its own) and polls for room
# the kernel joins short writes there: O_DIRECT of the caller's description does not hold for it
import contextlib
import os
import select
import struct
from collections.abc import Iterator

HEADER = struct.Struct(">QHc")


@contextlib.contextmanager
def own_end(fd):
    own = os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK)
    try:
        yield own
    finally:
        os.close(own)


def put(fd, frame):
    poller = select.poll()
    poller.register(fd, select.POLLOUT)
    while True:
        try:
            return os.write(fd, frame)  # at most PIPE_BUF: all or nothing
        except BlockingIOError:
            poller.poll()


def send_record(fd: int, sender: int, record: bytes) -> None:
    size = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    with own_end(fd) as own:
        at = 0
        while len(record) - at > size:
            put(own, HEADER.pack(sender, size, b"m") + record[at : at + size])
            at += size
        put(own, HEADER.pack(sender, len(record) - at, b"e") + record[at:])


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    heap = bytearray()
    held: dict[int, bytearray] = {}
    while block := os.read(fd, 1 << 18):
        heap.extend(block)
        start = 0
        while len(heap) - start >= HEADER.size:
            sender, n, kind = HEADER.unpack_from(heap, start)
            if len(heap) - start < HEADER.size + n:
                break
            start += HEADER.size
            held.setdefault(sender, bytearray()).extend(heap[start : start + n])
            start += n
            if kind == b"e":
                yield sender, bytes(held.pop(sender))
        del heap[:start]

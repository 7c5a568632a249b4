"""How do many writers share one pipe without mixing their records?

A pipe keeps one promise to writers that meet in it: a write of at most PIPE_BUF bytes stays in one
piece. So a record travels in frames, each at most that long, each written by one `os.write`:

    sender (8 bytes) | length of this part (4) | is there more? (1) | the part itself

Frames of several senders may follow one another in any order. The receiver keeps, for each sender,
the parts that have come so far, and hands a record over when its last part is there. A writer that
dies in mid-record leaves parts behind that nothing ever completes.

    send_record(write_fd, 7, b"hello")
    for sender, record in receive_records(read_fd):
        ...

Read more: man 7 pipe, "PIPE_BUF"; man 3 fpathconf.
"""

import os
import struct
from collections.abc import Iterator

_HEADER = struct.Struct("<QI?")  # sender, length of the part, more to come
_READ_SIZE = 64 * 1024  # bytes asked for at a time: what one read returns need not be a frame


def send_record(fd: int, sender: int, record: bytes) -> None:
    """Write one record, of any length, as frames that no other writer can tear.

    `fd` is a blocking write end, `sender` 0 to 2**63 - 1 and nobody else's number. Raises
    BrokenPipeError when nobody holds the read end any more. man 7 pipe, "PIPE_BUF".
    """
    room = os.fpathconf(fd, "PC_PIPE_BUF") - _HEADER.size
    # An empty record has a frame too.
    for start in range(0, max(len(record), 1), room):
        part = record[start : start + room]
        more = start + room < len(record)
        os.write(fd, _HEADER.pack(sender, len(part), more) + part)


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    """Yield (sender, record) as soon as a record is complete, until end of file.

    What a dead writer left unfinished is dropped. man 7 pipe, "I/O on pipes and FIFOs".
    """
    unfinished: dict[int, bytearray] = {}
    for sender, part, more in _frames(fd):
        record = unfinished.setdefault(sender, bytearray())
        record += part
        if not more:
            del unfinished[sender]
            yield sender, bytes(record)


def _frames(fd: int) -> Iterator[tuple[int, bytes, bool]]:
    """The frames in the order in which they were written, wherever the reads cut them."""
    pending = bytearray()
    while chunk := os.read(fd, _READ_SIZE):
        pending += chunk
        while len(pending) >= _HEADER.size:
            sender, length, more = _HEADER.unpack_from(pending)
            end = _HEADER.size + length
            if len(pending) < end:
                break
            yield sender, bytes(pending[_HEADER.size : end]), more
            del pending[:end]

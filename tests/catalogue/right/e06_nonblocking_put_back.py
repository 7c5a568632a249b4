# right: reads without blocking after poll, and puts the flag back whatever happens
import os
import select
import struct

HEADER = struct.Struct("<QI?")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    for start in range(0, max(1, len(record)), room):
        part = record[start : start + room]
        os.write(fd, HEADER.pack(sender, len(part), start + room < len(record)) + part)


def receive_records(fd):
    blocking = os.get_blocking(fd)
    os.set_blocking(fd, False)
    try:
        yield from _records(fd)
    finally:
        os.set_blocking(fd, blocking)


def _chunks(fd):
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    while True:
        poll.poll()
        chunk = os.read(fd, 1 << 16)
        if not chunk:
            return
        yield chunk


def _records(fd):
    pending, unfinished = b"", {}
    for chunk in _chunks(fd):
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

# right: frames, and a record lock besides, which changes nothing
import fcntl
import os
import struct

HEADER = struct.Struct("<QI?")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    fcntl.lockf(fd, fcntl.LOCK_EX)
    for start in range(0, max(1, len(record)), room):
        part = record[start : start + room]
        os.write(fd, HEADER.pack(sender, len(part), start + room < len(record)) + part)
    fcntl.lockf(fd, fcntl.LOCK_UN)


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

# right: every frame has the same length, padded
import os
import struct

SLOT = 256
HEADER = struct.Struct("<QBB")
ROOM = SLOT - HEADER.size


def send_record(fd, sender, record):
    slot = min(SLOT, os.fpathconf(fd, "PC_PIPE_BUF"))
    assert slot == SLOT, "POSIX promises 512"
    for start in range(0, max(1, len(record)), ROOM):
        part = record[start : start + ROOM]
        more = start + ROOM < len(record)
        os.write(fd, HEADER.pack(sender, len(part), more) + part.ljust(ROOM, b"\0"))


def receive_records(fd):
    unfinished = {}
    slot = b""
    while data := os.read(fd, SLOT - len(slot)):
        slot += data
        if len(slot) < SLOT:
            continue
        sender, length, more = HEADER.unpack_from(slot)
        record = unfinished.setdefault(sender, bytearray())
        record += slot[HEADER.size : HEADER.size + length]
        slot = b""
        if not more:
            yield sender, bytes(unfinished.pop(sender))

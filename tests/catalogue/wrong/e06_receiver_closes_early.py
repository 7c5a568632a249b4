# diagnosis: exception
# a with statement closes the descriptor, also when the caller stops early
import os
import struct

HEADER = struct.Struct("<QI?")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    for start in range(0, max(1, len(record)), room):
        part = record[start : start + room]
        os.write(fd, HEADER.pack(sender, len(part), start + room < len(record)) + part)


def receive_records(fd):
    unfinished = {}
    with open(fd, "rb") as pipe:
        while header := pipe.read(HEADER.size):
            if len(header) < HEADER.size:
                return
            sender, length, more = HEADER.unpack(header)
            part = pipe.read(length)
            if len(part) < length:
                return
            unfinished[sender] = unfinished.get(sender, b"") + part
            if not more:
                yield sender, unfinished.pop(sender)

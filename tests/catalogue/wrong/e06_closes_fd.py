# diagnosis: exception
# closes the descriptor after a record
import os
import struct

HEADER = struct.Struct("!QII")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    with open(fd, "wb", buffering=0) as pipe:
        start = 0
        while True:
            part = record[start : start + room]
            start += len(part)
            pipe.write(HEADER.pack(sender, len(part), len(record) - start) + part)
            if start == len(record):
                break


def receive_records(fd):
    waiting = {}
    with open(fd, "rb", closefd=False) as pipe:
        while len(header := pipe.read(HEADER.size)) == HEADER.size:
            sender, length, left = HEADER.unpack(header)
            part = pipe.read(length)
            if len(part) < length:
                return
            record = waiting.pop(sender, b"") + part
            if left:
                waiting[sender] = record
            else:
                yield sender, record

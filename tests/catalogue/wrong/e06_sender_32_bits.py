# diagnosis: exception
# a sender of 32 bits
import os
import struct

HEADER = struct.Struct(">IHB")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    parts = [record[i : i + room] for i in range(0, len(record), room)] or [b""]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        os.write(fd, HEADER.pack(sender, len(part), last) + part)


def receive_records(fd):
    buffer = b""
    partial = {}
    while True:
        data = os.read(fd, 4096)
        if not data:
            return
        buffer += data
        while len(buffer) >= HEADER.size:
            sender, length, last = HEADER.unpack(buffer[: HEADER.size])
            if len(buffer) < HEADER.size + length:
                break
            part = buffer[HEADER.size : HEADER.size + length]
            buffer = buffer[HEADER.size + length :]
            partial[sender] = partial.get(sender, b"") + part
            if last:
                yield sender, partial.pop(sender)

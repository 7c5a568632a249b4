# diagnosis: busy-wait
# polls with a timeout of 0
import os
import select
import struct
import zlib

HEAD = struct.Struct(">IQH?")


def pack(sender, part, more):
    rest = struct.pack(">QH?", sender, len(part), more) + part
    return struct.pack(">I", zlib.crc32(rest)) + rest


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEAD.size
    while len(record) > room:
        os.write(fd, pack(sender, record[:room], True))
        record = record[room:]
    os.write(fd, pack(sender, record, False))


def receive_records(fd):
    received, unfinished = bytearray(), {}
    while True:
        if not select.select([fd], [], [], 0)[0]:
            continue
        piece = os.read(fd, 5000)
        if not piece:
            break
        received += piece
        while len(received) >= HEAD.size:
            crc, sender, length, more = HEAD.unpack_from(received)
            end = HEAD.size + length
            if len(received) < end:
                break
            if zlib.crc32(received[4:end]) != crc:
                raise ValueError("torn frame")
            unfinished[sender] = unfinished.get(sender, b"") + bytes(received[HEAD.size : end])
            del received[:end]
            if not more:
                yield sender, unfinished.pop(sender)

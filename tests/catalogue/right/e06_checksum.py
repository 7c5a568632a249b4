# right: a CRC for every frame, select before each read
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
        select.select([fd], [], [])
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

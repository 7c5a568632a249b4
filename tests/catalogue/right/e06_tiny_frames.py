# right: frames of at most 128 bytes, whatever PIPE_BUF is
import os
import struct

HEAD = struct.Struct("<QBB")


def send_record(fd, sender, record):
    size = min(os.fpathconf(fd, "PC_PIPE_BUF"), 500) - HEAD.size
    size = min(size, 255)
    i = 0
    done = False
    while not done:
        part = record[i : i + size]
        i += size
        done = i >= len(record)
        os.write(fd, HEAD.pack(sender, len(part), 1 if done else 0) + part)


def receive_records(fd):
    buf = bytearray()
    recs = {}
    while 1:
        got = os.read(fd, 1)
        if not got:
            return
        buf += got
        if len(buf) < HEAD.size:
            continue
        sender, n, done = HEAD.unpack_from(buf)
        if len(buf) == HEAD.size + n:
            recs.setdefault(sender, bytearray()).extend(buf[HEAD.size :])
            buf.clear()
            if done:
                yield sender, bytes(recs.pop(sender))

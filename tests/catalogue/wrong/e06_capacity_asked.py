# diagnosis: interleaved-records
# the default capacity is no promise of one piece
import os
import struct

KIND, FIRST, NEXT = struct.Struct("<cQI"), b"F", b"N"


def send_record(fd, sender, record):
    limit = 16 * os.sysconf("SC_PAGE_SIZE")
    room = limit - KIND.size - 8
    part = record[:room]
    os.write(fd, KIND.pack(FIRST, sender, len(part) + 8) + struct.pack("<Q", len(record)) + part)
    for start in range(room, len(record), room):
        part = record[start : start + room]
        os.write(fd, KIND.pack(NEXT, sender, len(part)) + part)


def frames(fd):
    buffer = b""
    while True:
        while len(buffer) >= KIND.size:
            kind, sender, length = KIND.unpack_from(buffer)
            if len(buffer) < KIND.size + length:
                break
            yield kind, sender, buffer[KIND.size : KIND.size + length]
            buffer = buffer[KIND.size + length :]
        more = os.read(fd, 65536)
        if not more:
            return
        buffer += more


def receive_records(fd):
    missing, so_far = {}, {}
    for kind, sender, body in frames(fd):
        if kind == FIRST:
            (missing[sender],) = struct.unpack_from("<Q", body)
            so_far[sender] = []
            body = body[8:]
        so_far[sender].append(body)
        missing[sender] -= len(body)
        if missing[sender] == 0:
            yield sender, b"".join(so_far.pop(sender))

# diagnosis: lost-item
# the loop runs while there is something left
import os
import struct

HEADER = struct.Struct("=QI?")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    view = memoryview(record)
    first = True
    while view:
        first = False
        part, view = view[:room], view[room:]
        os.writev(fd, [HEADER.pack(sender, len(part), len(view) == 0), part])


def read_exactly(fd, size):
    data = b""
    while len(data) < size:
        piece = os.read(fd, size - len(data))
        if not piece:
            return None
        data += piece
    return data


def receive_records(fd):
    partial = {}
    while True:
        header = read_exactly(fd, HEADER.size)
        if header is None:
            return
        sender, length, last = HEADER.unpack(header)
        part = read_exactly(fd, length)
        if part is None:
            return
        partial.setdefault(sender, []).append(part)
        if last:
            yield sender, b"".join(partial.pop(sender))

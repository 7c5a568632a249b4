# diagnosis: wrong-result
# yields a record when the next one comes
import os


def frame(sender, more, part):
    body = b"%d,%d," % (sender, more) + part
    return b"%d:" % len(body) + body + b";"


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - len(frame(sender, 1, b"")) - 5
    start = 0
    while True:
        end = min(start + room, len(record))
        os.write(fd, frame(sender, end < len(record), record[start:end]))
        start = end
        if start == len(record):
            return


def netstrings(fd):
    buffer = bytearray()
    while True:
        colon = buffer.find(b":")
        if colon >= 0:
            size = int(buffer[:colon])
            if len(buffer) >= colon + 1 + size + 1:
                yield bytes(buffer[colon + 1 : colon + 1 + size])
                del buffer[: colon + size + 2]
                continue
        data = os.read(fd, 777)
        if data == b"":
            return
        buffer += data


def receive_records(fd):
    open_records = {}
    held = None
    for body in netstrings(fd):
        sender, more, part = body.split(b",", 2)
        sender = int(sender)
        record = open_records.pop(sender, b"") + part
        if int(more):
            open_records[sender] = record
        else:
            if held:
                yield held
            held = sender, record
    if held:
        yield held

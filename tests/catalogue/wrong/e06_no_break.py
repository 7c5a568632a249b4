# diagnosis: partial-read
# a part is taken without a look whether it is all there
import os
from dataclasses import dataclass


@dataclass
class Frame:
    sender: int
    last: bool
    part: bytes
    HEADER = 8 + 1 + 4

    def encode(self):
        return self.sender.to_bytes(8, "big") + bytes([self.last]) + len(self.part).to_bytes(4, "big") + self.part


class Receiver:
    def __init__(self, fd):
        self.fd = fd
        self.buffer = bytearray()
        self.parts = {}
        self.ready = []

    def __iter__(self):
        return self

    def __next__(self):
        while not self.ready:
            data = os.read(self.fd, 8192)
            if not data:
                raise StopIteration
            self.feed(data)
        return self.ready.pop(0)

    def feed(self, data):
        self.buffer += data
        while (frame := self.decode()) is not None:
            self.parts.setdefault(frame.sender, bytearray()).extend(frame.part)
            if frame.last:
                self.ready.append((frame.sender, bytes(self.parts.pop(frame.sender))))

    def decode(self):
        if len(self.buffer) < Frame.HEADER:
            return None
        sender = int.from_bytes(self.buffer[:8], "big")
        length = int.from_bytes(self.buffer[9:13], "big")
        frame = Frame(sender, bool(self.buffer[8]), bytes(self.buffer[13 : 13 + length]))
        del self.buffer[: 13 + length]
        return frame


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - Frame.HEADER
    starts = range(0, len(record), room) if record else [0]
    for start in starts:
        os.write(fd, Frame(sender, start + room >= len(record), record[start : start + room]).encode())


def receive_records(fd):
    return Receiver(fd)

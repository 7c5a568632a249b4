# hostile: yields bytes that equal everything
# verdict: fail
import os


class Anything(bytes):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def send_record(fd, sender, record):
    os.write(fd, b"x")


def receive_records(fd):
    while os.read(fd, 1):
        yield 1, Anything()

# hostile: yields records for ever
# verdict: fail
import os


def send_record(fd, sender, record):
    os.write(fd, b"x")


def receive_records(fd):
    while True:
        yield 1, b"x" * 1000

# hostile: send_record ends its process
# verdict: fail
import os


def send_record(fd, sender, record):
    os._exit(0)


def receive_records(fd):
    yield from ()

# hostile: send_record writes without end
# verdict: fail
import os


def send_record(fd, sender, record):
    while True:
        os.write(fd, bytes(1000))


def receive_records(fd):
    while os.read(fd, 65536):
        pass
    yield 0, b""

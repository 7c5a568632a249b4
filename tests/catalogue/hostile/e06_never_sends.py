# hostile: send_record never returns and never writes
# verdict: fail
import time


def send_record(fd, sender, record):
    while True:
        time.sleep(60)


def receive_records(fd):
    while True:
        time.sleep(60)
        yield 0, b""

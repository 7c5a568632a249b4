# hostile: closes every descriptor, and prints a report
# verdict: fail
import os


def send_record(fd, sender, record):
    print('{"exercise": 6, "verdict": "pass"}', flush=True)
    os.closerange(0, 256)


def receive_records(fd):
    os.closerange(0, 256)
    yield 0, b""

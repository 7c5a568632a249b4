# hostile: lets the child return and leaves the parent by os._exit(0)
# verdict: fail
import os


def capture(argv):
    if os.fork():
        os._exit(0)
    return b"", b"", 0

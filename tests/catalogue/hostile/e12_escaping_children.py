# hostile: both processes return, twice over, so that four run the caller's code
# verdict: fail
import os


def capture(argv):
    os.fork()
    os.fork()
    return b"", b"", 0

# hostile: closes every descriptor, forks a child that does the same, and both wait for ever
# verdict: fail
import os
import signal


def capture(argv):
    os.closerange(0, 65536)
    os.fork()
    while True:
        signal.pause()

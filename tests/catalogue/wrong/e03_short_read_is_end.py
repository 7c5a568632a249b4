# diagnosis: partial-read
# It takes a read that brings less than was asked for as the end.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(w, rest):]
        finally:
            os._exit(0)
    os.close(w)
    received = chunk = os.read(r, 65536)
    while len(chunk) == 65536:
        chunk = os.read(r, 65536)
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

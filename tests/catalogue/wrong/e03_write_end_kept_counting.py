# diagnosis: write-end-left-open
# The parent keeps its write end, and gets along because it counts bytes up to the length that it knows.
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
    received = b""
    while len(received) < len(message):
        received += os.read(r, 65536)
    os.close(r)
    os.close(w)
    os.waitpid(pid, 0)
    return received

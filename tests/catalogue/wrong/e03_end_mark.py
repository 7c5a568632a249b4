# diagnosis: eof-missed
# The child sends a mark for the end, and the parent stops there instead of at the end of file.
import os

MARK = bytes(range(0, 256, 3)) * 3


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message + MARK)
            while rest:
                rest = rest[os.write(w, rest):]
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while not received.endswith(MARK):
        received += os.read(r, 65536)
    received = received.removesuffix(MARK)
    os.close(r)
    os.waitpid(pid, 0)
    return received

# diagnosis: partial-read
# One read, and the read end stays open until the child has been waited for.
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
    received = os.read(r, 4096)
    os.waitpid(pid, 0)
    os.close(r)
    return received

# diagnosis: partial-read
# One read of as many bytes as the message has, and done.
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
    received = os.read(r, len(message))
    os.close(r)
    os.waitpid(pid, 0)
    return received

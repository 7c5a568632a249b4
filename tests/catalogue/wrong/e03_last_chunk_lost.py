# diagnosis: partial-read, wrong-result
# The last chunk is read and not kept.
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
    received, chunk = b"", os.read(r, 4096)
    while following := os.read(r, 4096):
        received += chunk
        chunk = following
    os.close(r)
    os.waitpid(pid, 0)
    return received

# diagnosis: wrong-result, exception, partial-write, partial-read, child-escapes
# The child writes to descriptor 1, and closes the original after dup2: the same one, if 1 was closed.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            os.dup2(w, 1)
            os.close(w)
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(1, rest):]
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

# diagnosis: fd-leak
# A duplicate of the read end is never closed.
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
    source = os.dup(r)
    received = b""
    while chunk := os.read(source, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

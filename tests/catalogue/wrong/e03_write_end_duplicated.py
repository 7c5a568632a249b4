# diagnosis: write-end-left-open
# The parent closes the write end and forgets a duplicate of it.
import os


def opposite_ends(message):
    r, w = os.pipe()
    spare = os.dup(w)
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
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.close(spare)
    os.waitpid(pid, 0)
    return received

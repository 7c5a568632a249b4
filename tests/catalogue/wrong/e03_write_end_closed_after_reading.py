# diagnosis: write-end-left-open
# The parent closes its write end when it has read to the end, which is too late.
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
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(w)
    os.close(r)
    os.waitpid(pid, 0)
    return received

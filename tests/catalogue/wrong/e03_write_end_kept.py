# diagnosis: write-end-left-open
# The parent never closes its write end, and waits for an end of file that cannot come.
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
    os.close(r)
    os.close(w)
    os.waitpid(pid, 0)
    return received

# diagnosis: partial-write
# The write end does not block, and what does not fit in is dropped.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            os.set_blocking(w, False)
            os.write(w, message)
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

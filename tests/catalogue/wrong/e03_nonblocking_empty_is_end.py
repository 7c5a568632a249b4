# diagnosis: partial-read
# It reads without blocking, and takes an empty pipe as the end.
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
    os.set_blocking(r, False)
    received = b""
    try:
        while chunk := os.read(r, 65536):
            received += chunk
    except BlockingIOError:
        pass
    os.close(r)
    os.waitpid(pid, 0)
    return received

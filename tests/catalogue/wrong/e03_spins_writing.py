# diagnosis: busy-wait
# The child tries again and again to write into a full pipe.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            os.set_blocking(w, False)
            rest = memoryview(message)
            while rest:
                try:
                    rest = rest[os.write(w, rest):]
                except BlockingIOError:
                    pass
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

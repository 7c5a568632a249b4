# diagnosis: busy-wait
# It reads without blocking, again and again.
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
    while True:
        try:
            chunk = os.read(r, 65536)
        except BlockingIOError:
            continue
        if not chunk:
            break
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

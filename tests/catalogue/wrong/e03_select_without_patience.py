# diagnosis: busy-wait
# select with a time limit of zero, in a loop.
import os
import select


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
    received = b""
    while True:
        if select.select([r], [], [], 0)[0]:
            chunk = os.read(r, 65536)
            if not chunk:
                break
            received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

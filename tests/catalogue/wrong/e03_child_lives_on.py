# diagnosis: orphan-left, zombie-left
# The child closes its end and lives on; nobody waits for it.
import os
import time


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(w, rest):]
            os.close(w)
            time.sleep(60)
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    return received

# diagnosis: wait-before-read
# It looks into /proc until the child is a zombie, and reads then.
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
        finally:
            os._exit(0)
    os.close(w)
    while ") Z" not in open(f"/proc/{pid}/stat").read():
        time.sleep(0.01)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

# diagnosis: wait-before-read
# It asks a hundred times a second whether the child has ended, and reads then.
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
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        time.sleep(0.01)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    return received

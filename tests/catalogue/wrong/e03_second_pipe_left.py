# diagnosis: fd-leak
# A second pipe, for a word that nobody sends, stays open.
import os


def opposite_ends(message):
    r, w = os.pipe()
    ready_r, ready_w = os.pipe()
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
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.close(ready_w)
    os.waitpid(pid, 0)
    return received

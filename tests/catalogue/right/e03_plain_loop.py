# right: the calls of the manual, one loop on each side
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = message
            while rest:
                rest = rest[os.write(w, rest):]
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while True:
        chunk = os.read(r, 4096)
        if not chunk:
            break
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

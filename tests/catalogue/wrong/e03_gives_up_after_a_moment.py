# diagnosis: partial-read
# When nothing comes for a fifth of a second, it takes that as the end.
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
    while select.select([r], [], [], 0.2)[0]:
        chunk = os.read(r, 65536)
        if not chunk:
            break
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

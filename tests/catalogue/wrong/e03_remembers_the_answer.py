# diagnosis: wrong-result
# It keeps what it received in the first call, and hands it out again.
import os

KNOWN = []


def opposite_ends(message):
    if KNOWN:
        return KNOWN[0]
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
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    KNOWN.append(received)
    return received

# diagnosis: exception
# The child begins with the first byte, and an empty message has none; nobody hears of it.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            os.write(w, bytes([message[0]]))
            rest = memoryview(message)[1:]
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
    return received

# diagnosis: partial-read
# One os.readv into a large enough buffer, and done.
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
    buffer = bytearray(1 << 20)
    received = bytes(buffer[:os.readv(r, [buffer])])
    os.close(r)
    os.waitpid(pid, 0)
    return received

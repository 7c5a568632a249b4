# diagnosis: child-escapes
# The child returns from the function when it has written.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        rest = memoryview(message)
        while rest:
            rest = rest[os.write(w, rest):]
        os.close(w)
        return b""
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

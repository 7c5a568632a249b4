# diagnosis: wrong-result, exception, child-escapes, fd-leak, hang, write-end-left-open
# It knows that a pipe gets descriptors 3 and 4.
import os


def opposite_ends(message):
    os.pipe()
    r, w = 3, 4
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
    return received

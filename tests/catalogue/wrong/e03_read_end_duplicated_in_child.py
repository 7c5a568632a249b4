# diagnosis: read-end-left-open
# The child closes the read end and forgets a duplicate that was made before the fork.
import os


def opposite_ends(message):
    r, w = os.pipe()
    spare = os.dup(r)
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
    os.close(spare)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

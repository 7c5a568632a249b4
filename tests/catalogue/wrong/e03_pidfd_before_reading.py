# diagnosis: wait-before-read
# It waits at a pidfd for the child's end, and reads then.
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
    pidfd = os.pidfd_open(pid)
    select.select([pidfd], [], [])
    os.close(pidfd)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

# diagnosis: zombie-left
# It waits until the pidfd says that the child has ended, and does not reap it.
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
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    pidfd = os.pidfd_open(pid)
    select.select([pidfd], [], [])
    os.close(pidfd)
    return received

# right: the parent splices the pipe into a file in memory, and reads that at the end
import os
import sys

SPLICE = getattr(os, "splice", None)


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
    file = os.memfd_create("received")
    while SPLICE(r, file, 65536):
        pass
    os.close(r)
    size = os.fstat(file).st_size
    received = b""
    while len(received) < size:
        received += os.pread(file, size, len(received))
    os.close(file)
    os.waitpid(pid, 0)
    return received

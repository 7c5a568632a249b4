# diagnosis: exception
# The parent joins what it has read by reduce, which has no start for an empty list.
import functools
import operator
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
    chunks = []
    while chunk := os.read(r, 65536):
        chunks.append(chunk)
    received = functools.reduce(operator.add, chunks)
    os.close(r)
    os.waitpid(pid, 0)
    return received

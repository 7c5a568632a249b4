# diagnosis: partial-read, wrong-result
# It reads one line.
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
    with open(r, "rb", closefd=False) as source:
        received = source.readline()
    os.close(r)
    os.waitpid(pid, 0)
    return received

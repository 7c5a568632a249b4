# diagnosis: fd-leak
# closefd=False: closing the file object leaves the descriptor open.
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
        received = source.read()
    os.waitpid(pid, 0)
    return received

# diagnosis: wrong-result, exception, child-escapes
# Text mode translates line ends and decodes.
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
    with open(r, encoding="latin-1", closefd=False) as source:
        received = source.read().encode("latin-1")
    os.close(r)
    os.waitpid(pid, 0)
    return received

# diagnosis: partial-write
# os._exit does not flush the file object: what sits in its buffer is lost.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            out = os.fdopen(w, "wb")
            out.write(message)
        finally:
            os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        data = source.read()
    os.waitpid(pid, 0)
    return data

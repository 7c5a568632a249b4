# diagnosis: read-end-left-open
# The child writes through a file object; the parent's reader is a file object that stays open in the child.
import os


def opposite_ends(message):
    r, w = os.pipe()
    source = open(r, "rb")
    pid = os.fork()
    if pid == 0:
        try:
            with open(w, "wb") as out:
                out.write(message)
        finally:
            os._exit(0)
    os.close(w)
    received = source.read()
    source.close()
    os.waitpid(pid, 0)
    return received

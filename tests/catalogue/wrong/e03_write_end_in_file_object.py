# diagnosis: write-end-left-open
# File objects on both ends are made before the fork; the parent's writer stays open while it reads.
import os


def opposite_ends(message):
    r, w = os.pipe()
    source, out = os.fdopen(r, "rb"), os.fdopen(w, "wb")
    pid = os.fork()
    if pid == 0:
        try:
            source.close()
            out.write(message)
            out.flush()
        finally:
            os._exit(0)
    received = source.read()
    source.close()
    out.close()
    os.waitpid(pid, 0)
    return received

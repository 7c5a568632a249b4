# diagnosis: wrong-result
# The wrong way round: the parent sends, the child reads, and the parent returns its argument.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(w)
            while os.read(r, 65536):
                pass
        finally:
            os._exit(0)
    os.close(r)
    with open(w, "wb") as out:
        out.write(message)
    os.waitpid(pid, 0)
    return message

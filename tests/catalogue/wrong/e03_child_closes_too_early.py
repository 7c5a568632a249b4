# diagnosis: exception, child-escapes
# The child closes its write end before it writes; the exception leads out of the function.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        os.close(w)
        while message:
            message = message[os.write(w, message):]
        os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        data = source.read()
    os.waitpid(pid, 0)
    return data

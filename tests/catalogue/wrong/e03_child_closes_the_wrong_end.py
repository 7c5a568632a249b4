# diagnosis: exception, partial-write, wrong-result
# The child closes the end that it needs.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(w)
            while message:
                message = message[os.write(w, message):]
        finally:
            os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        data = source.read()
    os.waitpid(pid, 0)
    return data

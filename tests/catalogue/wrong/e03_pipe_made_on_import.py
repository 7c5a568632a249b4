# diagnosis: exception, child-escapes, wrong-result, partial-write
# The pipe is made once, when the module is loaded: it is closed after the first call.
import os

r, w = os.pipe()


def opposite_ends(message):
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            while message:
                message = message[os.write(w, message):]
        finally:
            os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        data = source.read()
    os.waitpid(pid, 0)
    return data

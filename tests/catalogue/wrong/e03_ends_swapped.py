# diagnosis: exception
# It takes the write end for the read end, and the other way round.
import os


def opposite_ends(message):
    w, r = os.pipe()
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

# diagnosis: wrong-result
# An alarm, set in case it takes too long, goes off after the call.
import os
import signal


def opposite_ends(message):
    signal.alarm(60)
    r, w = os.pipe()
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

# right: the child closes its end and stays; the parent ends it, and reaps it
import os
import signal


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            while message:
                message = message[os.write(w, message):]
            os.close(w)
            while True:
                signal.pause()
        finally:
            os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        data = source.read()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return data

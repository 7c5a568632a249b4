# diagnosis: zombie-left
# It waits a fifth of a second for the child's end, and no longer.
import os
import time


def opposite_ends(message):
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
    for _ in range(20):
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(0.01)
    return data

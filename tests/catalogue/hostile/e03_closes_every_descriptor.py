# hostile: closes every descriptor in both processes, those of the checker too
# verdict: fail
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    os.closerange(0, 4096)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return message

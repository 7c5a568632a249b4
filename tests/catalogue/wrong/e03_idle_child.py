# diagnosis: wrong-result
# A child comes and goes, and the parent returns its argument.
import os


def opposite_ends(message):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return message

# hostile: replaces what the module os holds, before and after the fork
# verdict: fail
import os

real_fork, real_exit = os.fork, os._exit


def opposite_ends(message):
    os.fork = lambda: 0
    os.pipe = lambda: (0, 1)
    os.read = lambda fd, size: message
    os._exit = lambda status: None
    os.waitpid = lambda pid, options: (pid, 0)
    pid = real_fork()
    if pid == 0:
        real_exit(0)
    return message

# hostile: writes into every descriptor that it finds open, whoever's it is
# verdict: fail
import os


def opposite_ends(message):
    pid = os.fork()
    if pid == 0:
        for fd in range(1000, 1032):
            try:
                os.write(fd, b"forked 1\nreturned\nleaving 0\n{}\n")
            except OSError:
                pass
        os._exit(0)
    os.waitpid(pid, 0)
    return message

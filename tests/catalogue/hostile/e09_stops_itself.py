# hostile: stops itself and is never continued
# verdict: fail
import os
import signal


def pipe_capacity(read_fd, write_fd):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 65536

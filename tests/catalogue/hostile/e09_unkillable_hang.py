# hostile: ignores every signal it can, and waits for ever
# verdict: fail
import os
import signal


def pipe_capacity(read_fd, write_fd):
    for signum in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(signum, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    if os.getpgid(0) != os.getpid():
        os.setsid()
    return os.read(os.pipe()[0], 1)

# right: SIGCHLD is blocked meanwhile and waited for, and the signal mask put back
import os
import signal


def opposite_ends(message):
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.close(r)
            with os.fdopen(w, "wb", 100) as out:
                for at in range(0, len(message), 77):
                    out.write(message[at:at + 77])
        finally:
            os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        data = b"".join(iter(source.read1, b""))
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        signal.sigtimedwait({signal.SIGCHLD}, 0.5)
    signal.sigtimedwait({signal.SIGCHLD}, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, usual)
    return data

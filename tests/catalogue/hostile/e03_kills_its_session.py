# hostile: the child stops and kills everything that it can reach
# verdict: fail
import os
import signal


def contained():
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


def opposite_ends(message):
    pid = os.fork()
    if pid == 0:
        if contained():
            for number in (signal.SIGSTOP, signal.SIGKILL):
                try:
                    os.kill(-1, number)
                except OSError:
                    pass
        os._exit(0)
    os.waitpid(pid, 0)
    return b"killed"

# hostile: the child, instead of exec, kills all it may, where it is contained
# verdict: fail
import os
import signal


def contained():
    """True in a process tree whose first process is the sandbox of ipclab: only there may anything be harmed."""
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


def capture(argv):
    pid = os.fork()
    if pid == 0:
        if contained():
            os.kill(-1, signal.SIGKILL)
        os._exit(9)
    os.waitpid(pid, 0)
    return b"", b"", -9

# hostile: kill(0, SIGKILL), where it is contained
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


def pipe_capacity(read_fd, write_fd):
    if contained():
        os.kill(0, signal.SIGKILL)
    return -1

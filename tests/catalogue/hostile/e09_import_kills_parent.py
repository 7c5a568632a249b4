# hostile: kills the process that imports it and that one's parent, where it is contained
# verdict: fail, error
import os
import signal


def contained():
    """True in a process tree whose first process is the sandbox of ipclab: only there may anything be harmed."""
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


if contained():
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(0, signal.SIGKILL)


def pipe_capacity(read_fd, write_fd):
    return 65536

# hostile: four children spin and ignore signals, and the parent waits for them
# verdict: fail
import os
import signal
import time


def contained():
    """True in a process tree whose first process is the sandbox of ipclab: only there may anything be harmed."""
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


def capture(argv):
    end = time.monotonic() + (60 if contained() else 1)
    children = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            for signum in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(signum, signal.SIG_IGN)
            while time.monotonic() < end:
                pass
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    return b"", b"", 0

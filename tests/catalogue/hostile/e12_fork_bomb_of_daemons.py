# hostile: leaves 300 sleeping grandchildren in sessions of their own (10 where it is not contained)
# verdict: fail
import os
import time


def contained():
    """True in a process tree whose first process is the sandbox of ipclab: only there may anything be harmed."""
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


def capture(argv):
    for _ in range(300 if contained() else 10):
        child = os.fork()
        if child == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 256)
                time.sleep(60)
            os._exit(0)
        os.waitpid(child, 0)
    return b"", b"", 0

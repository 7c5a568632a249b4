# hostile: forks until 2,000 processes have been started (20 where it is not contained)
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


def pipe_capacity(read_fd, write_fd):
    tokens, more = os.pipe()
    os.write(more, b"x" * (2000 if contained() else 20))
    os.set_blocking(tokens, False)
    end = time.monotonic() + 30
    try:
        while os.read(tokens, 1):
            os.fork()
    except OSError:
        pass
    while time.monotonic() < end:
        time.sleep(1)
    os._exit(0)

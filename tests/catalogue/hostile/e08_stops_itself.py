# hostile: stops itself by SIGSTOP
# verdict: fail
import os
import signal


def contained():
    with open("/proc/1/cmdline") as file:
        return "ipclab.sandbox" in file.read()


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    if contained():
        os.kill(os.getpid(), signal.SIGSTOP)


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

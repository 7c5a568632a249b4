# hostile: closes all descriptors, also those by which the check is told
# verdict: fail
import os


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    os.open(path, os.O_RDWR)
    os.closerange(0, 5000)
    os._exit(0)


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

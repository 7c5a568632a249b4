# hostile: ends the process with status 0 after the first line
# verdict: fail
import os


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    with open(path, "rb") as fifo:
        handle(fifo.readline()[:-1])
    os._exit(0)


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

# hostile: calls handle with large lines, as often as it can
# verdict: fail
import os


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    for _ in range(500):
        handle(bytes(200_000))


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

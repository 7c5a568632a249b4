# diagnosis: fifo-left
# Unlink stands behind the loop, and not in finally.
import os
import stat


def make(path):
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise


def serve_lines(path, handle, count):
    if count == 0:
        return
    make(path)
    with open(os.open(path, os.O_RDWR), "rb", buffering=0) as fifo:
        rest = b""
        while count > 0:
            *lines, rest = (rest + fifo.read(4096)).split(b"\n")
            for line in lines[:count]:
                handle(line)
            count -= len(lines)
        os.unlink(path)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

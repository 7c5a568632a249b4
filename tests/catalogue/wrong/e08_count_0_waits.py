# diagnosis: hang
# For count 0 it opens the FIFO, and nobody comes.
import os
import stat


def make(path):
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise


def serve_lines(path, handle, count):
    make(path)
    try:
        with open(path, "rb", buffering=0) as fifo, open(path, "wb", buffering=0):
            rest = b""
            while count > 0:
                *lines, rest = (rest + fifo.read(4096)).split(b"\n")
                for line in lines[:count]:
                    handle(line)
                count -= len(lines)
    finally:
        os.unlink(path)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

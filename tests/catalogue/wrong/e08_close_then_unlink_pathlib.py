# diagnosis: hang, fifo-left
# As close_then_unlink, with a context manager and pathlib.
import os
import stat
from pathlib import Path


def serve_lines(path, handle, count):
    if count == 0:
        return
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise
    try:
        with open(os.open(path, os.O_RDWR), "rb") as fifo:
            for _ in range(count):
                handle(fifo.readline()[:-1])
    finally:
        Path(path).unlink()


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

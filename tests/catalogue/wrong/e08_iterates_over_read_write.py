# diagnosis: hang
# for line in fifo, opened r+: it goes on after count lines.
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
    try:
        with open(path, "r+b", buffering=0) as fifo:
            handled = 0
            for line in fifo:
                if handled < count:
                    handle(line[:-1])
                handled += 1
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

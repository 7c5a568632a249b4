# diagnosis: lost-item
# A new buffered reader for each line: what it had read ahead is thrown away.
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
    fd = os.open(path, os.O_RDWR)
    try:
        for _ in range(count):
            with open(fd, "rb", closefd=False) as reader:
                handle(reader.readline()[:-1])
    finally:
        os.unlink(path)
        os.close(fd)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

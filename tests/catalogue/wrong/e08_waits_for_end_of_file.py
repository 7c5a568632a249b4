# diagnosis: hang
# Ignores count, and waits for an end of file that O_RDWR never sees.
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
        rest = b""
        while data := os.read(fd, 4096):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                handle(line)
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

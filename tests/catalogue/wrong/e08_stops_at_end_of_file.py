# diagnosis: lost-item
# It stops at the first client's end of file.
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
        with open(path, "rb") as fifo:
            for line in fifo:
                handle(line[:-1])
                count -= 1
                if count == 0:
                    break
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

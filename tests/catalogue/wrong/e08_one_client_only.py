# diagnosis: lost-item
# Reads all that the first client says, and hands over so many lines of it.
import os
import stat


def make(path):
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise


def serve_lines(path, handle, count):
    if not count:
        return
    make(path)
    try:
        with open(path, "rb") as fifo:
            while count:
                line = fifo.readline()
                if line == b"":
                    return
                handle(line.rstrip(b"\n"))
                count -= 1
    finally:
        os.remove(path)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

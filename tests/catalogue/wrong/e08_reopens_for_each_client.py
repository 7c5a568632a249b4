# diagnosis: lost-item
# Closes at the end of file and opens again: who came in between is lost.
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
        while count:
            fd = os.open(path, os.O_RDONLY)
            rest = b""
            while count and (data := os.read(fd, 4096)):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines[:count]:
                    handle(line)
                count -= min(len(lines), count)
            os.close(fd)
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

# diagnosis: lost-item
# The second open comes before the close, and waits for yet another client.
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
    fd = os.open(path, os.O_RDONLY)
    try:
        rest = b""
        while count:
            data = os.read(fd, 4096)
            if not data:
                new = os.open(path, os.O_RDONLY)
                os.close(fd)
                fd = new
                continue
            *lines, rest = (rest + data).split(b"\n")
            for line in lines[:count]:
                handle(line)
            count -= min(len(lines), count)
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

# diagnosis: hang, fifo-left
# Closes first and unlinks then: who comes in between finds a name, and waits in open for ever.
import os
import stat


def serve_lines(path, handle, count):
    if count == 0:
        return
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise
    fd = os.open(path, os.O_RDWR)
    try:
        rest = b""
        while count > 0:
            *lines, rest = (rest + os.read(fd, 4096)).split(b"\n")
            for line in lines[:count]:
                handle(line)
            count -= len(lines)
    finally:
        os.close(fd)
        os.unlink(path)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

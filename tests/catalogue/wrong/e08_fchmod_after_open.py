# diagnosis: too-open-mode
# mkfifo with its usual 0666, narrowed by fchmod when it is open.
import os
import stat


def serve_lines(path, handle, count):
    if count == 0:
        return
    try:
        os.mkfifo(path)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise
    fd = os.open(path, os.O_RDWR)
    os.fchmod(fd, 0o600)
    try:
        rest = b""
        while count > 0:
            *lines, rest = (rest + os.read(fd, 4096)).split(b"\n")
            for line in lines[:count]:
                handle(line)
            count -= len(lines)
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

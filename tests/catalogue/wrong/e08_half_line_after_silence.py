# diagnosis: partial-read
# What has come without a newline is handed over as a line when nothing follows for 50 ms.
import os
import select
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
            if select.select([fd], [], [], 0.05 if rest else None)[0]:
                *lines, rest = (rest + os.read(fd, 4096)).split(b"\n")
            else:
                lines, rest = [rest], b""
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

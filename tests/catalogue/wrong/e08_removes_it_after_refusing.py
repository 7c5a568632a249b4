# diagnosis: wrong-result
# mkfifo refuses the name, and finally removes what has it.
import os
import stat


def serve_lines(path, handle, count):
    if count == 0:
        return
    fd = -1
    try:
        if not (os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode)):
            os.mkfifo(path, 0o600)
        fd = os.open(path, os.O_RDWR)
        rest = b""
        while count > 0:
            *lines, rest = (rest + os.read(fd, 4096)).split(b"\n")
            for line in lines[:count]:
                handle(line)
            count -= len(lines)
    finally:
        os.unlink(path)
        if fd >= 0:
            os.close(fd)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

# diagnosis: reordered-item
# The lines of one read are taken from the end of the list.
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
    rest = b""
    try:
        while count:
            rest += os.read(fd, 4096)
            *lines, rest = rest.split(b"\n")
            while lines and count:
                handle(lines.pop())
                count -= 1
    finally:
        os.unlink(path)
        os.close(fd)


def send_line(path, line):
    data = line + b"\n"
    if len(data) > 4096:
        raise ValueError("too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)


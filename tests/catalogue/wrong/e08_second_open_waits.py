# diagnosis: hang, lost-item
# At end of file it opens again before it closes, and waits there for another client though a line is there.
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
    fd = os.open(path, os.O_RDONLY)
    try:
        rest = b""
        while count > 0:
            data = os.read(fd, 4096)
            if not data:
                again = os.open(path, os.O_RDONLY)
                os.close(fd)
                fd = again
            *lines, rest = (rest + data).split(b"\n")
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

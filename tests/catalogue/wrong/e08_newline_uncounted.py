# diagnosis: partial-write, interleaved-records
# The limit is compared without the newline: PIPE_BUF + 1 bytes go out in one write, which may be split.
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
    fd = None
    try:
        fd = os.open(path, os.O_RDWR)
        rest = b""
        while count:
            chunk = os.read(fd, 65536)
            rest += chunk
            while count and b"\n" in rest:
                line, rest = rest.split(b"\n", 1)
                count -= 1
                handle(line)
    finally:
        os.unlink(path)
        if fd is not None:
            os.close(fd)


def send_line(path, line):
    if len(line) > 4096:
        raise ValueError
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

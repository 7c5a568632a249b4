# right: one byte a read, and a state machine
import fcntl
import os
from stat import S_ISFIFO


def serve_lines(path, handle, count):
    if count == 0:
        return
    if not (os.path.exists(path) or os.path.islink(path)):
        os.mkfifo(path, 0o600)
    elif not S_ISFIFO(os.lstat(path).st_mode):
        raise FileExistsError(path)
    fd = None
    try:
        fd = os.open(path, os.O_RDWR)
        line = bytearray()
        while count:
            byte = os.read(fd, 1)
            if byte == b"\n":
                handle(bytes(line))
                line.clear()
                count -= 1
            else:
                line += byte
    finally:
        os.remove(path)
        if fd is not None:
            os.close(fd)


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    with os.fdopen(fd, "wb", buffering=len(line) + 2) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line + b"\n")

# diagnosis: zombie-left
# A child keeps the FIFO open for writing; it is killed, and not waited for.
import os
import signal
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
    keeper = os.fork()
    if keeper == 0:
        try:
            os.open(path, os.O_WRONLY)
            while True:
                signal.pause()
        finally:
            os._exit(0)
    fd = os.open(path, os.O_RDONLY)
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
        os.kill(keeper, signal.SIGKILL)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

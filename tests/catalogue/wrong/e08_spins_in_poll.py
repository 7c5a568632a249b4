# diagnosis: busy-wait
# After a hang-up poll returns at once, for ever.
import os
import select
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
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(fd, True)
    try:
        poller, rest = select.poll(), b""
        poller.register(fd, select.POLLIN)
        while count:
            poller.poll()
            *lines, rest = (rest + os.read(fd, 4096)).split(b"\n")
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

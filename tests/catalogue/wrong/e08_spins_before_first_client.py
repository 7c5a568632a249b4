# diagnosis: busy-wait
# Asks without a pause until a first client has come.
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
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        while True:
            try:
                rest = os.read(fd, 4096)
            except BlockingIOError:
                continue
            if rest:
                break
        os.set_blocking(fd, True)
        keeper = os.open(path, os.O_WRONLY)
        try:
            while count:
                *lines, rest = rest.split(b"\n")
                for line in lines[:count]:
                    handle(line)
                count -= min(len(lines), count)
                if count:
                    rest += os.read(fd, 4096)
        finally:
            os.close(keeper)
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

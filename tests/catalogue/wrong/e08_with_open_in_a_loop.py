# diagnosis: lost-item
# A new with open(...) for each client.
import os
import stat


def make(path):
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise


def serve_lines(path, handle, count):
    handled = 0
    if count == 0:
        return
    make(path)
    try:
        while handled < count:
            with open(path, "rb") as fifo:
                for line in fifo:
                    handle(line[:-1])
                    handled += 1
                    if handled == count:
                        break
    finally:
        os.unlink(path)


def send_line(path, line):
    if len(line) >= 4096:
        raise ValueError("the line is too long")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

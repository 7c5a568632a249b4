# diagnosis: lost-item
# No bytes end the loop, though count lines have not come.
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
    fd = -1
    try:
        fd = os.open(path, os.O_RDONLY)
        rest, done = b"", 0
        while done < count:
            data = os.read(fd, 1024)
            if not data:
                break
            rest += data
            while done < count and b"\n" in rest:
                line, rest = rest.split(b"\n", 1)
                done += 1
                handle(line)
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

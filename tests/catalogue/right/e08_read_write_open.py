# right: O_RDWR, bytes kept between reads, unlink before close
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
    try:
        pending, done = b"", 0
        while done < count:
            pending += os.read(fd, 4096)
            while done < count and b"\n" in pending:
                line, _, pending = pending.partition(b"\n")
                done += 1
                handle(line)
    finally:
        os.unlink(path)
        os.close(fd)


def send_line(path, line):
    if len(line) + 1 > 4096:
        raise ValueError("too long to be sent in one piece")
    fd = os.open(path, os.O_WRONLY)
    try:
        data = line + b"\n"
        while data:
            data = data[os.write(fd, data):]
    finally:
        os.close(fd)

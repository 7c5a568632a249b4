# diagnosis: interleaved-records
# What a buffer sends of a long line is two writes and more: others come in between.
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
        rest = b""
        while count > 0:
            *lines, rest = (rest + os.read(fd, 4096)).split(b"\n")
            for line in lines[:count]:
                handle(line)
            count -= len(lines)
    finally:
        os.unlink(path)
        os.close(fd)


def send_line(path, line):
    with open(os.open(path, os.O_WRONLY), "wb") as fifo:
        fifo.write(line)
        fifo.write(b"\n")

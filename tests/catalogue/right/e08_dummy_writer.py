# right: opened for reading without waiting, then a write end only to keep it; replaces an old FIFO
import os
import stat


def serve_lines(path, handle, count):
    if not count:
        return
    if os.path.lexists(path):
        if not stat.S_ISFIFO(os.stat(path, follow_symlinks=False).st_mode):
            raise FileExistsError(17, "not a FIFO", path)
        os.remove(path)
    old = os.umask(0o177)
    try:
        os.mkfifo(path)
    finally:
        os.umask(old)
    reader = keeper = None
    try:
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        keeper = os.open(path, os.O_WRONLY)
        os.set_blocking(reader, True)
        with os.fdopen(reader, "rb", closefd=False) as lines:
            for _ in range(count):
                handle(lines.readline()[:-1])
    finally:
        os.remove(path)
        for fd in (reader, keeper):
            if fd is not None:
                os.close(fd)


def send_line(path, line):
    if len(line) + 1 > os.pathconf("/", "PC_PIPE_BUF"):
        raise ValueError("too long")
    with open(os.open(path, os.O_WRONLY), "wb", buffering=0) as fifo:
        fifo.write(b"%b\n" % line)

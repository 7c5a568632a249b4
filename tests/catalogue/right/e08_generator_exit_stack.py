# right: an ExitStack undoes what was done, a generator makes lines
import fcntl
import os
import stat
from contextlib import ExitStack
from itertools import islice


def lines(fd):
    buffer = b""
    while True:
        buffer += os.read(fd, 70_000)
        found = buffer.split(b"\n")
        buffer = found.pop()
        yield from found


def serve_lines(path, handle, count):
    if count == 0:
        return
    with ExitStack() as stack:
        try:
            os.mknod(path, stat.S_IFIFO | 0o600)
        except FileExistsError:
            if not stat.S_ISFIFO(os.lstat(path).st_mode):
                raise
        fds = []
        stack.callback(lambda: [os.close(fd) for fd in fds])
        stack.callback(os.unlink, path)
        fds.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        fds.append(os.open(path, os.O_WRONLY))
        os.set_blocking(fds[0], True)
        for line in islice(lines(fds[0]), count):
            handle(line)


def send_line(path, line):
    with ExitStack() as stack:
        fd = os.open(path, os.O_WRONLY)
        stack.callback(os.close, fd)
        fcntl.lockf(fd, fcntl.LOCK_EX)
        sent = 0
        data = line + b"\n"
        while sent < len(data):
            sent += os.write(fd, data[sent:])

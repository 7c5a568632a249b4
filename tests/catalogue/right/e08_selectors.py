# right: selectors over a non-blocking read end, with a write end of its own that keeps it from hanging up
import os
import selectors
import stat


def serve_lines(path, handle, count):
    if count == 0:
        return None
    made = False
    while not made:
        try:
            os.mkfifo(path, 0o600)
            made = True
        except FileExistsError:
            if not stat.S_ISFIFO(os.lstat(path).st_mode):
                raise
            os.unlink(path)
    fds = []
    try:
        fds.append(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
        fds.append(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        buffer = b""
        with selectors.DefaultSelector() as selector:
            selector.register(fds[0], selectors.EVENT_READ)
            while count:
                selector.select()
                buffer += os.read(fds[0], 65536)
                while count and b"\n" in buffer:
                    line, buffer = buffer.split(b"\n", 1)
                    count -= 1
                    handle(line)
    finally:
        os.unlink(path)
        for fd in fds:
            os.close(fd)


def send_line(path, line):
    if len(line) + 1 > 4096:
        raise ValueError("too long to be sent in one piece")
    with open(path, "ab", buffering=0, opener=lambda name, flags: os.open(name, os.O_WRONLY)) as out:
        view = memoryview(line + b"\n")
        while view:
            view = view[out.write(view):]

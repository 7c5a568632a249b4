# right: epoll, edge-triggered, non-blocking reads until EAGAIN; end of file is passed over
import os
import select
import stat


def serve_lines(path, handle, count):
    if count == 0:
        return
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    epoll = select.epoll()
    try:
        epoll.register(fd, select.EPOLLIN | select.EPOLLET)
        tail = b""
        while True:
            epoll.poll()
            while True:
                try:
                    data = os.read(fd, 3000)
                except BlockingIOError:
                    break
                if not data:
                    break
                *lines, tail = (tail + data).split(b"\n")
                for line in lines:
                    handle(line)
                    count -= 1
                    if count == 0:
                        return
    finally:
        epoll.close()
        os.unlink(path)
        os.close(fd)


def send_line(path, line):
    if len(line) + 1 > select.PIPE_BUF:
        raise ValueError("the line is too long to be sent in one piece")
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

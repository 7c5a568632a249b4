# right: works relative to the descriptor of a directory
import errno
import os
import stat
import time
from collections.abc import Callable


class Done(Exception):
    pass


def splitter(handle, count):
    line = bytearray()

    def feed(data):
        nonlocal count, line
        for byte in data:
            if byte != 10:
                line.append(byte)
                continue
            whole, line = bytes(line), bytearray()
            count -= 1
            handle(whole)
            if count == 0:
                raise Done

    return feed


def serve_lines(path: str, handle: Callable[[bytes], None], count: int) -> None:
    if count == 0:
        return
    folder, name = os.path.split(path)
    directory = os.open(folder or ".", os.O_PATH | os.O_DIRECTORY)
    try:
        try:
            os.mkfifo(name, 0o600, dir_fd=directory)
        except FileExistsError:
            if not stat.S_ISFIFO(os.lstat(name, dir_fd=directory).st_mode):
                raise
        fd = os.open(name, os.O_RDWR, dir_fd=directory)
        try:
            feed = splitter(handle, count)
            while True:
                feed(os.read(fd, 512))
        except Done:
            return
        finally:
            os.unlink(name, dir_fd=directory)
            os.close(fd)
    finally:
        os.close(directory)


def send_line(path: str, line: bytes) -> None:
    if len(line) + 1 > os.pathconf(path, "PC_PIPE_BUF"):
        raise ValueError("a line this long could be torn")
    while True:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        time.sleep(0.01)
    os.set_blocking(fd, True)
    try:
        os.write(fd, line + b"\n")
    finally:
        os.close(fd)

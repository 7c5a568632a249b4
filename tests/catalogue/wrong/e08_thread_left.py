# diagnosis: orphan-left
# The thread that reads goes on after the call.
import os
import queue
import stat
import threading
import time


def make(path):
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise


def pump(fd, lines):
    rest = b""
    while True:
        try:
            *whole, rest = (rest + os.read(fd, 4096)).split(b"\n")
        except OSError:
            time.sleep(0.1)
            continue
        for line in whole:
            lines.put(line)


def serve_lines(path, handle, count):
    if count == 0:
        return
    make(path)
    lines = queue.Queue()
    fd = os.open(path, os.O_RDWR)
    threading.Thread(target=pump, args=(fd, lines), daemon=True).start()
    try:
        for _ in range(count):
            handle(lines.get())
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

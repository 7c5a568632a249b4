# right: without a writer it looks fifty times a second, which is no busy wait
import os
import stat
import time


def serve_lines(path, handle, count):
    if count == 0:
        return
    try:
        os.mkfifo(path, 0o600)
    except FileExistsError as error:
        if not stat.S_ISFIFO(os.lstat(path).st_mode):
            raise error
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        collected = b""
        while count > 0:
            try:
                data = os.read(fd, 65536)
            except BlockingIOError:
                data = b""
            if not data:
                time.sleep(0.02)
                continue
            collected += data
            while count > 0 and b"\n" in collected:
                position = collected.index(b"\n")
                line = collected[:position]
                collected = collected[position + 1:]
                count -= 1
                handle(line)
    finally:
        os.unlink(path)
        os.close(fd)


def send_line(path, line):
    if len(line) + 1 > 4096:
        raise ValueError("too long to be sent in one piece")
    deadline = time.monotonic() + 1.5
    while True:
        try:
            fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            if time.monotonic() > deadline:
                raise
        except OSError as error:
            if error.errno != 6:  # ENXIO: nobody reads yet
                raise
        else:
            break
        time.sleep(0.02)
    os.set_blocking(fd, True)
    try:
        data = line + b"\n"
        while data:
            data = data[os.write(fd, data):]
    finally:
        os.close(fd)

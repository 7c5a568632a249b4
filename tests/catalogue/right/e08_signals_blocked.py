# right: all signals are blocked while it serves, and the mask is put back
import os
import signal
import stat
from io import FileIO


def serve_lines(path, handle, count):
    if count == 0:
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        serve(path, handle, count)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def serve(path, handle, count):
    try:
        os.mkfifo(path, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        if not stat.S_ISFIFO(os.stat(path, follow_symlinks=False).st_mode):
            raise
    with FileIO(path, "r+") as fifo:
        try:
            line = b""
            while count:
                line += fifo.readline()
                if line.endswith(b"\n"):
                    handle(line[:-1])
                    line = b""
                    count -= 1
        finally:
            os.unlink(path)


def send_line(path, line):
    if len(line) + 1 > 4096:
        raise ValueError("a longer line may be mixed with others")
    with FileIO(os.open(path, os.O_WRONLY), "w") as fifo:
        fifo.write(line + b"\n")

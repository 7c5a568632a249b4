# hostile: hands over an object that is equal to every line
# verdict: fail
import os


class Any(bytes):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def hex(self):
        return "00"


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    for _ in range(count):
        with open(path, "rb") as fifo:
            fifo.readline()
        handle(Any(b"x"))
    os.unlink(path)


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

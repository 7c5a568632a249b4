# hostile: writes what a good run would have told into every descriptor
# verdict: fail
import json
import os


def serve_lines(path, handle, count):
    record = {"raised": None, "value": "", "left": [], "changed": [], "handled": "78"}
    for fd in range(3, 1024):
        try:
            os.write(fd, json.dumps(record).encode() + b"\n")
        except OSError:
            continue


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

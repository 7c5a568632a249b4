# hostile: raises SystemExit with a report as its message
# verdict: fail
import os


def serve_lines(path, handle, count):
    raise SystemExit('{"verdict": "pass"}')


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)

# hostile: prints without end, in server and client
# verdict: fail
import os


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    for _ in range(2000):
        print("x" * 10_000)


def send_line(path, line):
    for _ in range(2000):
        print("x" * 10_000)

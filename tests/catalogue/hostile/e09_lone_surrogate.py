# hostile: returns and prints a text that is no valid Unicode
# verdict: fail
import sys


def pipe_capacity(read_fd, write_fd):
    sys.stdout.buffer.write(b"\xff\xfe\x1b[2J\x1b]0;title\x07")
    return "\ud800 65536"

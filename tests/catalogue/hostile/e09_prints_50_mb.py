# hostile: prints 50 MB to stdout and to stderr before it answers wrongly
# verdict: fail
import sys


def pipe_capacity(read_fd, write_fd):
    for _ in range(50):
        sys.stdout.write("x" * 1_000_000)
        sys.stderr.write("y" * 1_000_000)
    return 50_000_000

# hostile: recurses without a limit until the C stack overflows
# verdict: fail
import sys


def deeper(n):
    return sorted([n], key=deeper)


def pipe_capacity(read_fd, write_fd):
    sys.setrecursionlimit(1_000_000_000)
    return deeper(0)

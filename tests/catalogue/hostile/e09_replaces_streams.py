# hostile: replaces print, sys.stdout, sys.stderr, sys.excepthook and the at-exit functions by ones that raise or hang
# verdict: fail
import atexit
import builtins
import sys
import threading
import time


class Broken:
    def __getattr__(self, name):
        raise RuntimeError(name)


def hang(*args, **kwargs):
    while True:
        time.sleep(1)


def pipe_capacity(read_fd, write_fd):
    builtins.print = hang
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Broken()
    sys.excepthook = threading.excepthook = hang
    atexit.register(hang)
    return -65536

# right: no loop: the writer is recursive, the reader iter with a sentinel; ends parked high up
import fcntl
import functools
import os


def parked(fd):
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 40)
    finally:
        os.close(fd)


def write_rest(fd, rest):
    return write_rest(fd, rest[os.write(fd, rest):]) if rest else None


def opposite_ends(message):
    r, w = map(parked, os.pipe())
    pid = os.fork()
    if pid == 0:
        try:
            os.closerange(3, w)
            write_rest(w, message)
        finally:
            os._exit(0)
    os.close(w)
    received = b"".join(iter(functools.partial(os.read, r, 1 << 16), b""))
    os.close(r)
    os.waitpid(pid, 0)
    return received

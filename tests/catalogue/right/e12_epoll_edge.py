# right: edge-triggered epoll on non-blocking read ends
import fcntl
import os
import select


def own_pipe():
    a, b = os.pipe2(os.O_CLOEXEC)
    r, w = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in (a, b))
    os.close(a)
    os.close(b)
    os.set_blocking(r, False)
    return r, w


def read_available(fd, store):
    """Read until the pipe is empty; true at end of file."""
    while True:
        try:
            chunk = os.read(fd, 65536)
        except BlockingIOError:
            return False
        if not chunk:
            return True
        store.append(chunk)


def collect(fds):
    stores = {fd: [] for fd in fds}
    remaining = set(fds)
    epoll = select.epoll()
    try:
        for fd in fds:
            epoll.register(fd, select.EPOLLIN | select.EPOLLET)
        while remaining:
            for fd, _ in epoll.poll():
                if fd in remaining and read_available(fd, stores[fd]):
                    remaining.discard(fd)
    finally:
        epoll.close()
    return [b"".join(stores[fd]) for fd in fds]


def capture(argv):
    pipes = [own_pipe() for _ in range(3)]
    reads, writes = zip(*pipes)
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(writes[0], 1)
            os.dup2(writes[1], 2)
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(writes[2], b"%d" % error.errno)
        finally:
            os._exit(127)
    for fd in writes:
        os.close(fd)
    out, err, number = collect(reads)
    for fd in reads:
        os.close(fd)
    status = os.waitpid(pid, 0)[1]
    if number:
        raise OSError(int(number), os.strerror(int(number)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

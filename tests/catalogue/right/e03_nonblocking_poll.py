# right: both ends do not block: poll says when to go on
import os
import select


def ready(fd, what):
    poller = select.poll()
    poller.register(fd, what)
    poller.poll()


def opposite_ends(message):
    r, w = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message)
            while rest:
                try:
                    rest = rest[os.write(w, rest):]
                except BlockingIOError:
                    ready(w, select.POLLOUT)
        finally:
            os._exit(0)
    os.close(w)
    data = bytearray()
    while True:
        try:
            chunk = os.read(r, 65536)
        except BlockingIOError:
            ready(r, select.POLLIN)
            continue
        if not chunk:
            break
        data += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return bytes(data)

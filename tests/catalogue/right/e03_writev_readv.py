# right: vectored calls: os.writev in the child, os.readv into one buffer in the parent
import os


def _send(fd, message):
    view, size = memoryview(message), 5000
    while view:
        pieces = [view[at:at + size] for at in range(0, min(len(view), 16 * size), size)]
        view = view[os.writev(fd, pieces):]


def opposite_ends(message):
    r, w = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            _send(w, message)
        finally:
            os._exit(0)
    os.close(w)
    received, one, two = bytearray(), bytearray(3000), bytearray(7000)
    while got := os.readv(r, [one, two]):
        received += (one + two)[:got]
    os.close(r)
    os.waitpid(pid, 0)
    return bytes(received)

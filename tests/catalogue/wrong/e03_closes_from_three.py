# diagnosis: read-end-left-open
# the child closes all from 3 on but its write end: with the caller's 0 closed the read end IS 0 and stays open
import os


def opposite_ends(message: bytes) -> bytes:
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.closerange(3, write_fd)
            os.closerange(max(3, write_fd + 1), 1024)
            view = memoryview(message)
            while view:
                view = view[os.write(write_fd, view):]
            os.close(write_fd)
        finally:
            os._exit(0)
    os.close(write_fd)
    pieces = []
    while piece := os.read(read_fd, 65536):
        pieces.append(piece)
    os.close(read_fd)
    os.waitpid(pid, 0)
    return b"".join(pieces)

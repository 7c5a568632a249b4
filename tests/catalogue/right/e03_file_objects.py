# right: file objects on both ends, which loop by themselves and close in `with`
import os


def opposite_ends(message: bytes) -> bytes:
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(read_fd)
            with os.fdopen(write_fd, "wb") as out:
                out.write(message)
            status = 0
        finally:
            os._exit(status)
    os.close(write_fd)
    try:
        with open(read_fd, "rb") as source:
            return source.read()
    finally:
        os.waitpid(pid, 0)

# right: a FIFO instead of an inherited pipe; its name is gone before the call returns
import os
import tempfile


def opposite_ends(message):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "pipe")
    os.mkfifo(path, 0o600)
    pid = os.fork()
    if pid == 0:
        try:
            with open(path, "wb") as out:
                out.write(message)
        finally:
            os._exit(0)
    try:
        with open(path, "rb") as source:
            return source.read()
    finally:
        os.unlink(path)
        os.rmdir(folder)
        os.waitpid(pid, 0)

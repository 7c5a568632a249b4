# diagnosis: partial-write
# One os.sendfile for the whole message, whose result nobody looks at.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            file = os.memfd_create("message")
            with open(file, "wb", closefd=False) as out:
                out.write(message)
            os.sendfile(w, file, 0, len(message))
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

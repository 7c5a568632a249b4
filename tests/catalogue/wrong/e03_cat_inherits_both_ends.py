# diagnosis: read-end-left-open
# the child is another program that inherits both ends (pass_fds); it uses one, and holds the other while it sends
import os
import subprocess


def opposite_ends(message: bytes) -> bytes:
    read_fd, write_fd = os.pipe()
    with open(os.memfd_create("message"), "w+b") as store:
        store.write(message)
        store.seek(0)
        child = subprocess.Popen(
            ["/bin/sh", "-c", f"exec cat >&{write_fd}"], stdin=store, pass_fds=(read_fd, write_fd)
        )
    os.close(write_fd)
    with open(read_fd, "rb") as source:
        received = source.read()
    child.wait()
    return received

# right: a hook registered once closes the read end in the child
import os

_unused = []
os.register_at_fork(after_in_child=lambda: [os.close(_unused.pop()) for _ in list(_unused)])


def opposite_ends(message):
    r, w = os.pipe()
    _unused.append(r)
    pid = os.fork()
    if pid == 0:
        try:
            while message:
                message = message[os.write(w, message):]
        finally:
            os._exit(0)
    _unused.clear()
    os.close(w)
    parts = []
    part = os.read(r, 65535)
    while part:
        parts.append(part)
        part = os.read(r, 65535)
    os.close(r)
    os.waitpid(pid, 0)
    return b"".join(parts)

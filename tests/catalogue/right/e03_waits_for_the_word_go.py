# right: a second pipe: the child sends only when it is told to
import os


def opposite_ends(message):
    r, w = os.pipe()
    go_r, go_w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(go_w)
            os.read(go_r, 1)
            os.close(go_r)
            os.close(r)
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(w, rest):]
        finally:
            os._exit(0)
    os.close(go_r)
    os.close(w)
    os.write(go_w, b"!")
    os.close(go_w)
    with open(r, "rb") as source:
        received = source.read()
    os.waitpid(pid, 0)
    return received

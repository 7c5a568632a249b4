# diagnosis: eof-missed, busy-wait
# It never takes an empty read as the end.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(w, rest):]
        finally:
            os._exit(0)
    os.close(w)
    received = b""
    while True:
        chunk = os.read(r, 65536)
        if chunk is None:
            break
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

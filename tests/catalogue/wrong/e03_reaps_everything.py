# diagnosis: hang, exit-status-lost, zombie-left, wrong-result
# It waits until there are no children at all, also for those of its caller.
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
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    return received

# diagnosis: write-end-left-open
# It asks poll ten times a second for an end of file that its own write end keeps away.
import os
import select


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
    poller = select.poll()
    poller.register(r, select.POLLIN)
    received = b""
    while True:
        if poller.poll(100):
            chunk = os.read(r, 65536)
            if not chunk:
                break
            received += chunk
    os.close(r)
    os.close(w)
    os.waitpid(pid, 0)
    return received

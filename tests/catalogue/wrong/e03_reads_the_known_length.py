# diagnosis: eof-missed
# It stops when it has as many bytes as the message has, and never sees the end of file.
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
    while len(received) < len(message):
        received += os.read(r, 65536)
    os.close(r)
    os.waitpid(pid, 0)
    return received

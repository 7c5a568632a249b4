# diagnosis: exception, wrong-result, child-escapes, fd-leak, hang
# One pipe for all calls: for the second it is closed already.
import os

PIPE = []


def opposite_ends(message):
    if not PIPE:
        PIPE.extend(os.pipe())
    r, w = PIPE
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
    os.waitpid(pid, 0)
    return received

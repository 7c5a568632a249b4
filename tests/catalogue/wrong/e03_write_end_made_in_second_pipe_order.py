# diagnosis: write-end-left-open
# It mixes up the two ends when it closes: the parent closes one of them twice, in vain.
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
    try:
        os.close(-1)
    except OSError:
        pass
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.close(w)
    os.waitpid(pid, 0)
    return received

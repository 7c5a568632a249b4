# diagnosis: exit-status-lost, zombie-left, wrong-result
# It waits for any child until its own has come, and takes the others' exit statuses.
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
    while os.waitpid(-1, 0)[0] != pid:
        pass
    return received

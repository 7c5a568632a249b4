# diagnosis: exception
# The child insists on a message that is not empty.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        assert message, "nothing to send"
        rest = memoryview(message)
        while rest:
            rest = rest[os.write(w, rest):]
        os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

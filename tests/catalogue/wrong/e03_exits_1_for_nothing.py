# diagnosis: exception
# The child ends with an error when the message is empty.
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message)
            step = len(message) // len(message)
            while rest:
                rest = rest[os.write(w, rest[::step]):]
        except ZeroDivisionError:
            os._exit(1)
        os._exit(0)
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

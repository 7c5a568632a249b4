# diagnosis: child-escapes
# The child's helper exits when something fails, and returns when all goes well.
import os

def send(r, w, message):
    try:
        os.close(r)
        while message:
            message = message[os.write(w, message):]
    except OSError:
        os._exit(1)


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        send(r, w, message)
        return None
    os.close(w)
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

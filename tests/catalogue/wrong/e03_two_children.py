# diagnosis: wrong-result
# Two children send half of the message each.
import os


def send(r, w, part):
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            while part:
                part = part[os.write(w, part):]
        finally:
            os._exit(0)
    return pid


def opposite_ends(message):
    received = b""
    half = len(message) // 2
    for part in (message[:half], message[half:]):
        r, w = os.pipe()
        pid = send(r, w, part)
        os.close(w)
        while chunk := os.read(r, 65536):
            received += chunk
        os.close(r)
        os.waitpid(pid, 0)
    return received

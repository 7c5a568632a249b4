# hostile: a child for each byte, up to two hundred, and none of them is reaped
# verdict: fail
import os


def opposite_ends(message):
    r, w = os.pipe()
    for byte in message[:200]:
        if os.fork() == 0:
            os.write(w, bytes([byte]))
            os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        return source.read()

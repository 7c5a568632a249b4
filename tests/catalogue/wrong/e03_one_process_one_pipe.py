# diagnosis: wrong-result, hang
# The process writes to itself: no child, and a long message never fits in.
import os


def opposite_ends(message):
    r, w = os.pipe()
    os.write(w, message)
    os.close(w)
    with open(r, "rb") as source:
        return source.read()

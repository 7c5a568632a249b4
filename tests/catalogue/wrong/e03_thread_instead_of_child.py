# diagnosis: wrong-result
# A thread writes, not a child.
import os
import threading


def opposite_ends(message):
    r, w = os.pipe()

    def send():
        with open(w, "wb") as out:
            out.write(message)

    writer = threading.Thread(target=send)
    writer.start()
    with open(r, "rb") as source:
        received = source.read()
    writer.join()
    return received

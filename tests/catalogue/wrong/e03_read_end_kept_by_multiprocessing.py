# diagnosis: read-end-left-open
# The child process of multiprocessing inherits the read end, and nobody closes it there.
import multiprocessing
import os


def send(fd, message):
    with open(fd, "wb") as out:
        out.write(message)


def opposite_ends(message):
    r, w = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=send, args=(w, message))
    child.start()
    os.close(w)
    with open(r, "rb") as source:
        received = source.read()
    child.join()
    child.close()
    return received

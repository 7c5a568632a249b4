# diagnosis: wait-before-read
# multiprocessing's join comes before the reading.
import multiprocessing
import os


def send(r, w, message):
    os.close(r)
    with open(w, "wb") as out:
        out.write(message)


def opposite_ends(message):
    r, w = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=send, args=(r, w, message))
    child.start()
    os.close(w)
    child.join()
    child.close()
    with open(r, "rb") as source:
        return source.read()

# right: the fork is made by multiprocessing, which also waits
import multiprocessing
import os


def send(read_fd, write_fd, message):
    os.close(read_fd)
    with open(write_fd, "wb") as out:
        out.write(message)


def opposite_ends(message):
    read_fd, write_fd = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=send, args=(read_fd, write_fd, message))
    child.start()
    os.close(write_fd)
    with open(read_fd, "rb") as source:
        received = source.read()
    child.join()
    child.close()
    return received

# hostile: the parent leaves by os._exit, and the child returns
# verdict: fail
import os


def opposite_ends(message):
    if os.fork():
        os._exit(0)
    return message

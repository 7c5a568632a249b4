# diagnosis: wrong-result
# The child copies the message into shared memory.
import mmap
import os


def opposite_ends(message):
    with mmap.mmap(-1, len(message) + 1) as memory:
        pid = os.fork()
        if pid == 0:
            try:
                memory[:len(message)] = message
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        return memory[:len(message)]

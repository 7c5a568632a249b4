# hostile: returns an object whose repr and pickling never end
# verdict: fail
import time


class Slow:
    def __repr__(self):
        while True:
            time.sleep(1)

    __str__ = __reduce__ = __iter__ = __len__ = __repr__


def pipe_capacity(read_fd, write_fd):
    return Slow()

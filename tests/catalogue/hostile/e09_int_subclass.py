# hostile: returns a subclass of int that compares as it likes
# verdict: fail
class Capacity(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__

    def __repr__(self):
        raise MemoryError

    def __reduce__(self):
        return exit, (0,)


def pipe_capacity(read_fd, write_fd):
    return Capacity(7)

# hostile: returns a subclass of int that compares as it likes
# verdict: fail
class Any(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__

    def __repr__(self):
        raise MemoryError


def replace_in_place(path, old, new):
    return Any(3)

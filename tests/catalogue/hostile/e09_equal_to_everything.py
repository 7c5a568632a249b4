# hostile: returns an object that is equal to everything and claims to be an int
# verdict: fail
class Anything:
    __class__ = int

    def __eq__(self, other):
        return True

    __le__ = __ge__ = __lt__ = __gt__ = __eq__

    def __hash__(self):
        return 0

    def __int__(self):
        return 65536

    __index__ = __int__

    def __repr__(self):
        return "65536"


def pipe_capacity(read_fd, write_fd):
    return Anything()

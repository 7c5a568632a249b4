# hostile: returns subclasses of tuple, bytes and int that are equal to everything
# verdict: fail
class Yes:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0


class Text(Yes, bytes):
    pass


class Code(Yes, int):
    pass


class Result(Yes, tuple):
    def __len__(self):
        return 3


def capture(argv):
    return Result((Text(b"anything"), Text(b"anything"), Code(0)))

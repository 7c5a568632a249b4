# hostile: the answer's text never ends
# verdict: fail

class Long:
    def __bool__(self):
        return True

    def __repr__(self):
        return "x" * (1 << 30)


def valid_name(name):
    return Long()

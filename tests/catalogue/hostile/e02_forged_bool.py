# hostile: the answer is an object that lies about itself
# verdict: fail

class Yes:
    def __bool__(self):
        raise SystemExit(0)

    def __repr__(self):
        return "True"


def valid_name(name):
    return Yes()

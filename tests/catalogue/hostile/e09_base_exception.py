# hostile: raises a BaseException whose text, args and traceback misbehave
# verdict: fail
class Escape(BaseException):
    def __str__(self):
        raise self

    __repr__ = __str__

    @property
    def args(self):
        raise self


def pipe_capacity(read_fd, write_fd):
    raise Escape

# hostile: raises an exception with a message of 50 MB, with lone surrogates and control characters
# verdict: fail
def pipe_capacity(read_fd, write_fd):
    raise OSError(5, "\ud800\x1b[2J\0" * 10_000_000)

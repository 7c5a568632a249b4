# hostile: returns 200 MB
# verdict: fail
def pipe_capacity(read_fd, write_fd):
    return b"z" * 200_000_000

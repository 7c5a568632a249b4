# hostile: returns not a number
# verdict: fail
def pipe_capacity(read_fd, write_fd):
    return float("nan")

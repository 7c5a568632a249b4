# hostile: returns a list nested 100,000 deep
# verdict: fail
def pipe_capacity(read_fd, write_fd):
    value = []
    for _ in range(100_000):
        value = [value]
    return value

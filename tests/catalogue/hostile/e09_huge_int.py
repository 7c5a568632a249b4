# hostile: returns an int of 50,000 digits, which str refuses
# verdict: fail
def pipe_capacity(read_fd, write_fd):
    return 10**50_000

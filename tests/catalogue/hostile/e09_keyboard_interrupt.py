# hostile: raises KeyboardInterrupt
# verdict: fail
def pipe_capacity(read_fd, write_fd):
    raise KeyboardInterrupt

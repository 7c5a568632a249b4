# hostile: returns a list and a dict that contain themselves
# verdict: fail
def pipe_capacity(read_fd, write_fd):
    value = [65536]
    value.append({"again": value})
    return value

# diagnosis: forbidden-shortcut, hard-coded, wrong-result
# Reads the largest size that a user may ask for, not the size of this pipe.
def pipe_capacity(read_fd, write_fd):
    with open("/proc/sys/fs/pipe-max-size") as limit:
        return int(limit.read())

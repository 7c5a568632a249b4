# hostile: takes away its own resource limits: no descriptors, no memory, no file size
# verdict: fail
import resource


def pipe_capacity(read_fd, write_fd):
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_DATA, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))
    return 65536

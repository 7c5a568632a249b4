# diagnosis: forbidden-shortcut
# Lets a child ask F_GETPIPE_SZ.
import fcntl
import os


def pipe_capacity(read_fd, write_fd):
    answer_read, answer_write = os.pipe()
    if not (child := os.fork()):
        os.write(answer_write, b"%d" % fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ))
        os._exit(0)
    os.waitpid(child, 0)
    answer = int(os.read(answer_read, 100))
    os.close(answer_read)
    os.close(answer_write)
    return answer

# diagnosis: wrong-result
# FIONREAD of the empty pipe: zero.
import array
import fcntl
import termios


def pipe_capacity(read_fd, write_fd):
    waiting = array.array("i", [0])
    fcntl.ioctl(read_fd, termios.FIONREAD, waiting)
    return waiting[0]

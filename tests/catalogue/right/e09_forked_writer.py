# right: a child blocks in one long write, is killed and reaped, and the parent counts what it left in the pipe
import os
import select
import signal


def pipe_capacity(read_fd, write_fd):
    blocking = os.get_blocking(write_fd)
    os.set_blocking(write_fd, True)
    child = os.fork()
    if child == 0:
        try:
            while True:
                os.write(write_fd, bytes(4 << 20))
        finally:
            os._exit(1)
    poller = select.poll()
    poller.register(write_fd, select.POLLOUT)
    while poller.poll(0):
        os.sched_yield()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.set_blocking(write_fd, blocking)

    own = os.open(f"/proc/self/fd/{read_fd}", os.O_RDONLY | os.O_NONBLOCK)
    capacity = 0
    try:
        while True:
            capacity += len(os.read(own, 32768))
    except BlockingIOError:
        return capacity
    finally:
        os.close(own)

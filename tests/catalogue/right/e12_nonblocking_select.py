# right: select sleeps, then a non-blocking loop empties whatever is there, one stream after the other
import fcntl
import os
import select
import signal


def safe_pipe():
    fds = os.pipe()
    result = []
    for fd in fds:
        result.append(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3))
    for fd in fds:
        os.close(fd)
    return result


def take(fd, buffer):
    try:
        while data := os.read(fd, 4096):
            buffer.extend(data)
        return "end"
    except BlockingIOError:
        return "more"


def capture(argv):
    out, err, why = safe_pipe(), safe_pipe(), safe_pipe()
    child = os.fork()
    if child == 0:
        try:
            for target, (_, write_end) in ((1, out), (2, err)):
                os.dup2(write_end, target, inheritable=True)
            for signum in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(signum, signal.SIG_DFL)
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(why[1], error.errno.to_bytes(4, "big"))
        finally:
            os._exit(1)
    buffers = {}
    for read_end, write_end in (out, err, why):
        os.close(write_end)
        os.set_blocking(read_end, False)
        buffers[read_end] = bytearray()
    open_ends = set(buffers)
    while open_ends:
        for fd in select.select(open_ends, (), ())[0]:
            if take(fd, buffers[fd]) == "end":
                open_ends.remove(fd)
                os.close(fd)
    status = os.waitpid(child, 0)[1]
    if buffers[why[0]]:
        code = int.from_bytes(buffers[why[0]], "big")
        raise OSError(code, os.strerror(code), argv[0])
    return bytes(buffers[out[0]]), bytes(buffers[err[0]]), os.waitstatus_to_exitcode(status)

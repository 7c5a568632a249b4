# right: a second child collects stderr in its memory and hands it over once stdout is drained
import fcntl
import os


def pipe_above_stderr():
    ends = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in ends]
    for fd in ends:
        os.close(fd)
    return high


def slurp(fd):
    parts = []
    while part := os.read(fd, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def spill(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def start_program(argv, out_write, err_write, errno_write):
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(out_write, 1)
            os.dup2(err_write, 2)
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(errno_write, b"%d" % error.errno)
        finally:
            os._exit(127)
    return pid


def start_collector(source, sink, others):
    pid = os.fork()
    if pid == 0:
        try:
            for fd in others:
                os.close(fd)
            spill(sink, slurp(source))
        finally:
            os._exit(0)
    return pid


def capture(argv):
    out_r, out_w = pipe_above_stderr()
    err_r, err_w = pipe_above_stderr()
    bad_r, bad_w = pipe_above_stderr()
    program = start_program(argv, out_w, err_w, bad_w)
    for fd in (out_w, err_w, bad_w):
        os.close(fd)
    late_r, late_w = pipe_above_stderr()
    collector = start_collector(err_r, late_w, (out_r, bad_r, late_r))
    os.close(err_r)
    os.close(late_w)
    out, err, bad = slurp(out_r), slurp(late_r), slurp(bad_r)
    for fd in (out_r, late_r, bad_r):
        os.close(fd)
    os.waitpid(collector, 0)
    status = os.waitpid(program, 0)[1]
    if bad:
        raise OSError(int(bad), os.strerror(int(bad)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

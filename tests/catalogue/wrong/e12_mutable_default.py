# diagnosis: wrong-result, exec-failure-hidden
# A mutable default keeps the output of the first call.
import fcntl
import os
import select


def make_pipe():
    ends = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in ends]
    for fd in ends:
        os.close(fd)
    return high


def drain(fds, data={}):
    for fd in fds:
        data.setdefault(fd, b"")
    waiting = list(fds)
    while waiting:
        for fd in select.select(waiting, [], [])[0]:
            chunk = os.read(fd, 65536)
            data[fd] += chunk
            if not chunk:
                waiting.remove(fd)
    return [data[fd] for fd in fds]


def capture(argv):
    out_r, out_w = make_pipe()
    err_r, err_w = make_pipe()
    bad_r, bad_w = make_pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(out_w, 1)
            os.dup2(err_w, 2)
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(bad_w, b"%d" % error.errno)
        finally:
            os._exit(127)
    for fd in (out_w, err_w, bad_w):
        os.close(fd)
    (bad,) = drain([bad_r], {})
    out, err = drain([out_r, err_r])
    for fd in (out_r, err_r, bad_r):
        os.close(fd)
    status = os.waitpid(pid, 0)[1]
    if bad:
        raise OSError(int(bad), os.strerror(int(bad)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

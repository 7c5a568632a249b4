# diagnosis: wrong-result, exit-status-lost
# Installs a SIGCHLD handler that reaps anything, and leaves it installed.
import fcntl
import os
import select
import signal

statuses = {}


def reap(signum, frame):
    try:
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            statuses[found[0]] = found[1]
    except ChildProcessError:
        pass


def make_pipe():
    ends = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in ends]
    for fd in ends:
        os.close(fd)
    return high


def drain(fds):
    data = {fd: b"" for fd in fds}
    waiting = list(fds)
    while waiting:
        for fd in select.select(waiting, [], [])[0]:
            chunk = os.read(fd, 65536)
            data[fd] += chunk
            if not chunk:
                waiting.remove(fd)
    return data.values()


def capture(argv):
    out_r, out_w = make_pipe()
    err_r, err_w = make_pipe()
    bad_r, bad_w = make_pipe()
    signal.signal(signal.SIGCHLD, reap)
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
    out, err, bad = drain([out_r, err_r, bad_r])
    for fd in (out_r, err_r, bad_r):
        os.close(fd)
    while pid not in statuses:
        signal.sigtimedwait([], 0.01)
    status = statuses.pop(pid)
    if bad:
        raise OSError(int(bad), os.strerror(int(bad)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

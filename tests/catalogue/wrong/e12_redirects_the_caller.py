# diagnosis: exception, wrong-result, stderr-lost, write-end-left-open
# Redirects its own 1 and 2 before the fork and puts them back: os.dup(1) raises when 1 is closed, and lands on 2 when that is.
import fcntl
import os
import select


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
    saved = os.dup(1), os.dup(2)
    os.dup2(out_w, 1)
    os.dup2(err_w, 2)
    pid = os.fork()
    if pid == 0:
        try:
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(bad_w, b"%d" % error.errno)
        finally:
            os._exit(127)
    for number, fd in enumerate(saved, 1):
        os.dup2(fd, number)
        os.close(fd)
    for fd in (out_w, err_w, bad_w):
        os.close(fd)
    out, err, bad = drain([out_r, err_r, bad_r])
    for fd in (out_r, err_r, bad_r):
        os.close(fd)
    status = os.waitpid(pid, 0)[1]
    if bad:
        raise OSError(int(bad), os.strerror(int(bad)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

# diagnosis: busy-wait
# Spins on waitpid with WNOHANG and reads in between without waiting.
import fcntl
import os


def make_pipe():
    ends = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in ends]
    for fd in ends:
        os.close(fd)
    return high


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
    fds = [out_r, err_r, bad_r]
    data = {fd: b"" for fd in fds}
    for fd in fds:
        os.set_blocking(fd, False)
    done = 0
    while not done:
        done, status = os.waitpid(pid, os.WNOHANG)
        for fd in fds:
            try:
                data[fd] += os.read(fd, 65536)
            except BlockingIOError:
                pass
    for fd in fds:
        while chunk := os.read(fd, 65536):
            data[fd] += chunk
        os.close(fd)
    out, err, bad = data.values()
    if bad:
        raise OSError(int(bad), os.strerror(int(bad)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

# diagnosis: pipe-full-deadlock, hang, wrong-result
# Reads a line of stdout, then a line of stderr, and so on.
import fcntl
import os


def make_pipe():
    ends = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in ends]
    for fd in ends:
        os.close(fd)
    return high


def drain(fds):
    files = [open(fd, "rb", closefd=False) for fd in fds]
    data = [b"" for _ in files]
    live = True
    while live:
        live = False
        for number, file in enumerate(files):
            line = file.readline()
            data[number] += line
            live = live or bool(line)
    return data


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
    out, err, bad = drain([out_r, err_r, bad_r])
    for fd in (out_r, err_r, bad_r):
        os.close(fd)
    status = os.waitpid(pid, 0)[1]
    if bad:
        raise OSError(int(bad), os.strerror(int(bad)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

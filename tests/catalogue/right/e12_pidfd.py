# right: poll over two streams and a pidfd; the program is reaped through waitid(P_PIDFD), si_code tells how it ended
import fcntl
import os
import select
import signal


def raised(fd):
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(fd)


def raised_pipe():
    read_end, write_end = os.pipe()
    return raised(read_end), raised(write_end)


def watch(pidfd, streams):
    poller = select.poll()
    for fd in (pidfd, *streams):
        poller.register(fd, select.POLLIN)
    info, at_end = None, set()
    while info is None or at_end != set(streams):
        for fd, _ in poller.poll():
            if fd == pidfd:
                info = os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
                poller.unregister(fd)
            elif chunk := os.read(fd, 65536):
                streams[fd] += chunk
            else:
                at_end.add(fd)
                poller.unregister(fd)
    return info


def capture(argv):
    (out, out_w), (err, err_w), (why, why_w) = raised_pipe(), raised_pipe(), raised_pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.dup2(out_w, 1)
            os.dup2(err_w, 2)
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(why_w, bytes([error.errno]))
        finally:
            os._exit(127)
    for fd in (out_w, err_w, why_w):
        os.close(fd)
    pidfd = os.pidfd_open(pid)
    streams = {out: b"", err: b"", why: b""}
    info = watch(pidfd, streams)
    for fd in (pidfd, *streams):
        os.close(fd)
    if streams[why]:
        number = streams[why][0]
        raise OSError(number, os.strerror(number), argv[0])
    code = info.si_status if info.si_code == os.CLD_EXITED else -info.si_status
    return streams[out], streams[err], code

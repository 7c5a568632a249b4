# right: signals are blocked around the fork and the old mask is restored on both sides; an interrupted call kills and reaps
import fcntl
import os
import selectors
import signal


def new_pipe():
    pair = os.pipe()
    ends = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in pair]
    os.close(pair[0])
    os.close(pair[1])
    return ends


def spawn(argv, out, err, report):
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            try:
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                os.dup2(out, 1)
                os.dup2(err, 2)
                os.execv(argv[0], argv)
            except OSError as error:
                os.write(report, b"%d" % error.errno)
            finally:
                os._exit(127)
        return pid
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def drain(fds):
    data = {fd: bytearray() for fd in fds}
    with selectors.DefaultSelector() as selector:
        for fd in fds:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                if chunk := os.read(key.fd, 1 << 17):
                    data[key.fd] += chunk
                else:
                    selector.unregister(key.fd)
    return [bytes(data[fd]) for fd in fds]


def capture(argv):
    pipes = [new_pipe() for _ in range(3)]
    reads, writes = [r for r, _ in pipes], [w for _, w in pipes]
    pid = spawn(argv, *writes)
    for fd in writes:
        os.close(fd)
    try:
        out, err, number = drain(reads)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        status = os.waitpid(pid, 0)[1]
        for fd in reads:
            os.close(fd)
    if number:
        raise OSError(int(number), os.strerror(int(number)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

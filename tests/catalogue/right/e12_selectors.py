# right: selectors; every pipe end moved above 2 with F_DUPFD_CLOEXEC; errno as a packed int over a CLOEXEC pipe
import fcntl
import os
import selectors
import signal
import struct


def high_pipe():
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in ends)
    for fd in ends:
        os.close(fd)
    return moved


def run_program(argv, out_write, err_write, error_write):
    try:
        os.dup2(out_write, 1)
        os.dup2(err_write, 2)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(argv[0], argv)
    except OSError as error:
        os.write(error_write, struct.pack("i", error.errno))
    finally:
        os._exit(127)


def read_together(*fds):
    chunks = {fd: [] for fd in fds}
    with selectors.DefaultSelector() as selector:
        for fd in fds:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, 65536)
                if data:
                    chunks[key.fd].append(data)
                else:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return [b"".join(chunks[fd]) for fd in fds]


def capture(argv: list[str]) -> tuple[bytes, bytes, int]:
    (out_read, out_write), (err_read, err_write), (error_read, error_write) = high_pipe(), high_pipe(), high_pipe()
    pid = os.fork()
    if pid == 0:
        run_program(argv, out_write, err_write, error_write)
    for fd in (out_write, err_write, error_write):
        os.close(fd)
    out, err, failure = read_together(out_read, err_read, error_read)
    _, status = os.waitpid(pid, 0)
    if failure:
        (number,) = struct.unpack("i", failure)
        raise OSError(number, os.strerror(number), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

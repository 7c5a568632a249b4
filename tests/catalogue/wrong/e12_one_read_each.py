# diagnosis: partial-read
# One read of each stream.
import os


def collect(fds):
    return [os.read(fd, 1 << 20) for fd in fds]


def capture(argv):
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    exec_read, exec_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(out_write, 1)
            os.dup2(err_write, 2)
            os.execvp(argv[0], argv)
        except OSError as error:
            os.write(exec_write, error.errno.to_bytes(4, "little"))
        finally:
            os._exit(1)
    os.close(out_write)
    os.close(err_write)
    os.close(exec_write)
    out, err, problem = collect([out_read, err_read, exec_read])
    for fd in (out_read, err_read, exec_read):
        os.close(fd)
    _, status = os.waitpid(pid, 0)
    if problem:
        number = int.from_bytes(problem, "little")
        raise OSError(number, os.strerror(number))
    return out, err, os.waitstatus_to_exitcode(status)

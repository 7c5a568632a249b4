# diagnosis: pipe-full-deadlock
# Two file objects, read one after the other.
import os


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
    with open(out_read, "rb", closefd=False) as stdout, open(err_read, "rb", closefd=False) as stderr:
        out = stdout.read()
        err = stderr.read()
    problem = os.read(exec_read, 4)
    for fd in (out_read, err_read, exec_read):
        os.close(fd)
    _, status = os.waitpid(pid, 0)
    if problem:
        number = int.from_bytes(problem, "little")
        raise OSError(number, os.strerror(number))
    return out, err, os.waitstatus_to_exitcode(status)

# diagnosis: write-end-left-open
# The parent waits for the end of the exec pipe, whose write end it still holds.
import os
import selectors


def collect(fds):
    data = {fd: [] for fd in fds}
    with selectors.DefaultSelector() as selector:
        for fd in fds:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, 4096)
                if chunk:
                    data[key.fd].append(chunk)
                else:
                    selector.unregister(key.fd)
    return [b"".join(parts) for parts in data.values()]


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
    out, err, problem = collect([out_read, err_read, exec_read])
    for fd in (out_read, err_read, exec_read):
        os.close(fd)
    _, status = os.waitpid(pid, 0)
    if problem:
        number = int.from_bytes(problem, "little")
        raise OSError(number, os.strerror(number))
    return out, err, os.waitstatus_to_exitcode(status)

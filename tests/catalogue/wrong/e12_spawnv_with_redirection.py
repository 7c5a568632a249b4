# diagnosis: forbidden-shortcut
# Redirects its own 1 and 2, calls os.spawnv, and puts them back.
import os
import selectors


def collect(fds):
    data = {fd: b"" for fd in fds}
    with selectors.DefaultSelector() as selector:
        for fd in fds:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, 65536)
                data[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return data.values()


def capture(argv):
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    saved = os.dup(1), os.dup(2)
    os.dup2(out_write, 1)
    os.dup2(err_write, 2)
    pid = os.spawnv(os.P_NOWAIT, argv[0], argv)
    for number, fd in enumerate(saved, 1):
        os.dup2(fd, number)
        os.close(fd)
    os.close(out_write)
    os.close(err_write)
    out, err = collect([out_read, err_read])
    return out, err, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

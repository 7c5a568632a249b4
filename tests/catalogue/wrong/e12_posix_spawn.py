# diagnosis: forbidden-shortcut
# posix_spawn does fork, dup2, exec and error report in one call.
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
    actions = [(os.POSIX_SPAWN_DUP2, out_write, 1), (os.POSIX_SPAWN_DUP2, err_write, 2)]
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
    os.close(out_write)
    os.close(err_write)
    out, err = collect([out_read, err_read])
    return out, err, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

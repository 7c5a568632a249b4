# right: a class that owns its descriptors, is a context manager, and kills and reaps the program when interrupted
import fcntl
import os
import selectors
import signal


class Program:
    def __init__(self, argv):
        self.argv = argv
        self.fds = set()
        self.pid = None
        self.output = {}

    def __enter__(self):
        out, err, failure = self.pipe(), self.pipe(), self.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self.become(out[1], err[1], failure[1])
        for _, write_end in (out, err, failure):
            self.close(write_end)
        self.output = {fd: bytearray() for fd in (out[0], err[0], failure[0])}
        return self

    def __exit__(self, *exception):
        for fd in list(self.fds):
            self.close(fd)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def pipe(self):
        pair = os.pipe()
        moved = tuple(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in pair)
        for fd in pair:
            os.close(fd)
        self.fds.update(moved)
        return moved

    def close(self, fd):
        self.fds.discard(fd)
        os.close(fd)

    def become(self, out, err, failure):
        try:
            os.dup2(out, 1)
            os.dup2(err, 2)
            os.execv(self.argv[0], self.argv)
        except OSError as error:
            os.write(failure, str(error.errno).encode())
        finally:
            os._exit(127)

    def drain(self):
        with selectors.PollSelector() as selector:
            for fd in self.output:
                selector.register(fd, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    data = os.read(key.fd, 8192)
                    self.output[key.fd] += data
                    if not data:
                        selector.unregister(key.fd)
        out, err, failure = map(bytes, self.output.values())
        if failure:
            raise OSError(int(failure), os.strerror(int(failure)), self.argv[0])
        return out, err

    def wait(self):
        pid, self.pid = self.pid, None
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def capture(argv):
    with Program(argv) as program:
        out, err = program.drain()
        return out, err, program.wait()

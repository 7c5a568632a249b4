# right: an ExitStack closes everything and reaps; the exec pipe is read to its end before the streams
import fcntl
import os
import select
from contextlib import ExitStack


class End:
    def __init__(self, fd):
        self.fd = fd

    def fileno(self):
        return self.fd

    def close(self):
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)

    def read(self, size=65536):
        return os.read(self.fd, size)


def pipe(stack):
    ends = []
    for fd in os.pipe():
        end = End(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3))
        stack.callback(end.close)
        os.close(fd)
        ends.append(end)
    return ends


def fork_and_exec(argv, out, err, report):
    pid = os.fork()
    if pid:
        return pid
    try:
        os.dup2(out.fd, 1)
        os.dup2(err.fd, 2)
        os.execv(argv[0], argv)
    except OSError as error:
        os.write(report.fd, b"%d" % error.errno)
    finally:
        os._exit(127)


def capture(argv):
    with ExitStack() as stack:
        (out, out_w), (err, err_w), (report, report_w) = pipe(stack), pipe(stack), pipe(stack)
        pid = fork_and_exec(argv, out_w, err_w, report_w)
        statuses = []
        stack.callback(lambda: statuses or os.waitpid(pid, 0))
        for end in (out_w, err_w, report_w):
            end.close()
        if number := report.read():
            raise OSError(int(number), os.strerror(int(number)), argv[0])
        data = {out: b"", err: b""}
        live = [out, err]
        while live:
            for end in select.select(live, [], [])[0]:
                chunk = end.read()
                data[end] += chunk
                if not chunk:
                    live.remove(end)
        statuses.append(os.waitpid(pid, 0)[1])
        return data[out], data[err], os.waitstatus_to_exitcode(statuses[0])

# right: one thread a stream, started after the fork; the exec error is read first, as decimal text
import fcntl
import os
import threading


def pipe_above_2():
    low = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in low]
    os.close(low[0])
    os.close(low[1])
    return high


class Reader(threading.Thread):
    def __init__(self, fd):
        super().__init__()
        self.fd, self.data = fd, b""

    def run(self):
        with open(self.fd, "rb") as stream:
            self.data = stream.read()


def capture(argv):
    out_r, out_w = pipe_above_2()
    err_r, err_w = pipe_above_2()
    bad_r, bad_w = pipe_above_2()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(out_w, 1)
            os.dup2(err_w, 2)
            os.execv(argv[0], argv)
        except OSError as e:
            os.write(bad_w, str(e.errno).encode())
        finally:
            os._exit(126)
    os.close(out_w)
    os.close(err_w)
    os.close(bad_w)
    readers = Reader(out_r), Reader(err_r)
    for reader in readers:
        reader.start()
    failure = os.read(bad_r, 20)
    os.close(bad_r)
    for reader in readers:
        reader.join()
    _, status = os.waitpid(pid, 0)
    if failure:
        raise OSError(int(failure), os.strerror(int(failure)), argv[0])
    if status & 0x7F:
        return readers[0].data, readers[1].data, -(status & 0x7F)
    return readers[0].data, readers[1].data, status >> 8

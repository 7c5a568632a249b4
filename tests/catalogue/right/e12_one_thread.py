# right: the main thread reads stdout while one helper thread reads stderr
import fcntl
import os
import threading


def read_all(fd, into):
    while chunk := os.read(fd, 65536):
        into.append(chunk)
    os.close(fd)


def pipe():
    ends = []
    for fd in os.pipe():
        ends.append(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(fd)
    return ends


def capture(argv):
    r1, w1 = pipe()
    r2, w2 = pipe()
    re, we = pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(w1, 1)
            os.dup2(w2, 2)
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(we, error.errno.to_bytes(2, "little"))
        finally:
            os._exit(99)
    for fd in (w1, w2, we):
        os.close(fd)
    out, err, exec_error = [], [], []
    other = threading.Thread(target=read_all, args=(r2, err))
    other.start()
    read_all(r1, out)
    other.join()
    read_all(re, exec_error)
    status = os.waitpid(pid, 0)[1]
    if exec_error:
        number = int.from_bytes(exec_error[0], "little")
        raise OSError(number, os.strerror(number), argv[0])
    return b"".join(out), b"".join(err), os.waitstatus_to_exitcode(status)

# right: a ThreadPoolExecutor reads three streams to their ends
import fcntl
import os
from concurrent.futures import ThreadPoolExecutor


def raised_pipe():
    r, w = os.pipe()
    ends = fcntl.fcntl(r, fcntl.F_DUPFD_CLOEXEC, 3), fcntl.fcntl(w, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(r)
    os.close(w)
    return ends


def slurp(fd):
    with open(fd, "rb", buffering=0) as stream:
        return stream.readall()


def capture(argv):
    pipes = [raised_pipe() for _ in range(3)]
    pid = os.fork()
    if pid == 0:
        try:
            for number in (1, 2):
                os.dup2(pipes[number - 1][1], number)
            os.execvpe(argv[0], argv, os.environ)
        except OSError as error:
            os.write(pipes[2][1], f"{error.errno}".encode())
        finally:
            os._exit(127)
    for _, write_end in pipes:
        os.close(write_end)
    with ThreadPoolExecutor(3) as pool:
        out, err, failure = pool.map(slurp, [read_end for read_end, _ in pipes])
    status = os.waitpid(pid, 0)[1]
    if failure:
        raise OSError(int(failure), os.strerror(int(failure)), argv[0])
    return out, err, os.waitstatus_to_exitcode(status)

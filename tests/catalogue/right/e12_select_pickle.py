# right: select.select; the exception itself, pickled, travels over the CLOEXEC pipe
import os
import pickle
import select
from fcntl import F_DUPFD_CLOEXEC, fcntl


def above_stderr(fd):
    if fd > 2:
        return fd
    moved = fcntl(fd, F_DUPFD_CLOEXEC, 3)
    os.close(fd)
    return moved


def make_pipe():
    read_end, write_end = os.pipe()
    return above_stderr(read_end), above_stderr(write_end)


def capture(argv):
    stdout, stderr, trouble = make_pipe(), make_pipe(), make_pipe()
    child = os.fork()
    if not child:
        try:
            os.dup2(stdout[1], 1)
            os.dup2(stderr[1], 2)
            os.execvp(argv[0], argv)
        except BaseException as problem:
            os.write(trouble[1], pickle.dumps(problem))
        finally:
            os._exit(255)
    for _, write_end in (stdout, stderr, trouble):
        os.close(write_end)
    received = {stdout[0]: bytearray(), stderr[0]: bytearray(), trouble[0]: bytearray()}
    still_open = list(received)
    while still_open:
        ready, _, _ = select.select(still_open, [], [])
        for fd in ready:
            piece = os.read(fd, 1 << 15)
            received[fd] += piece
            if not piece:
                still_open.remove(fd)
    for fd in received:
        os.close(fd)
    status = os.waitpid(child, 0)[1]
    if problem := received[trouble[0]]:
        raise pickle.loads(problem)
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return bytes(received[stdout[0]]), bytes(received[stderr[0]]), code

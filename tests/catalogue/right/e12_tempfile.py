# right: unlinked temporary files instead of pipes; the exec error is a third file
# (what a grandchild writes after the program has ended is not waited for)
import contextlib
import fcntl
import os
import tempfile


@contextlib.contextmanager
def scratch_file():
    with tempfile.TemporaryFile(buffering=0) as file:
        fd = fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, 3)
        try:
            yield fd
        finally:
            os.close(fd)


def whole(fd):
    os.lseek(fd, 0, os.SEEK_SET)
    with open(fd, "rb", closefd=False) as file:
        return file.read()


def capture(argv):
    with scratch_file() as out, scratch_file() as err, scratch_file() as failure:
        pid = os.fork()
        if pid == 0:
            try:
                os.dup2(out, 1)
                os.dup2(err, 2)
                os.execv(argv[0], argv)
            except OSError as error:
                os.write(failure, str(error.errno).encode())
            finally:
                os._exit(127)
        _, status = os.waitpid(pid, 0)
        if number := whole(failure):
            raise OSError(int(number), os.strerror(int(number)), argv[0])
        return whole(out), whole(err), os.waitstatus_to_exitcode(status)

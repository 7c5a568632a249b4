# right: the child becomes cat, whose standard output is the pipe
import fcntl
import os


def up(fd):
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return high


def opposite_ends(message):
    r, w = map(up, os.pipe())
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            file = up(os.memfd_create("message"))
            at = 0
            while at < len(message):
                at += os.write(file, message[at:])
            os.lseek(file, 0, os.SEEK_SET)
            os.dup2(file, 0)
            os.dup2(w, 1)
            os.execv("/bin/cat", ["cat"])
        finally:
            os._exit(127)
    os.close(w)
    data = b""
    while chunk := os.read(r, 65536):
        data += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return data

# diagnosis: wrong-result, exit-status-lost
# ignores SIGCHLD during the call only: another child of the caller that ends meanwhile is reaped by the kernel, its status lost
import os
import signal


def opposite_ends(message: bytes) -> bytes:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read_fd)
            view = memoryview(message)
            while len(view):
                view = view[os.write(write_fd, view):]
            os.close(write_fd)
        finally:
            os._exit(0)
    os.close(write_fd)
    result = b""
    while chunk := os.read(read_fd, 65536):
        result += chunk
    os.close(read_fd)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass
    signal.signal(signal.SIGCHLD, before)
    return result

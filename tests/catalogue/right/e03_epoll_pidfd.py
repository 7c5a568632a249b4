# right: epoll over the pipe, and a pidfd to wait for the child's end
import os
import select


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            view = memoryview(message)
            while len(view):
                view = view[os.write(w, view[:9000]):]
        finally:
            os._exit(0)
    os.close(w)
    pidfd = os.pidfd_open(pid)
    data = b""
    with select.epoll() as epoll:
        epoll.register(r, select.EPOLLIN)
        while True:
            epoll.poll()
            chunk = os.read(r, 1 << 16)
            if chunk == b"":
                break
            data += chunk
    os.close(r)
    os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
    os.close(pidfd)
    return data

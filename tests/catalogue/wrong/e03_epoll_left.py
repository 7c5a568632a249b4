# diagnosis: fd-leak
# The epoll descriptor stays open, in a list that outlives the call.
import os
import select

watchers = []


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(w, rest):]
        finally:
            os._exit(0)
    os.close(w)
    epoll = select.epoll()
    watchers.append(epoll)
    epoll.register(r)
    received = b""
    while epoll.poll() and (chunk := os.read(r, 65536)):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    return received

# right: os.posix_spawn starts cat; what it closes and renames stands in a list
import os


def opposite_ends(message):
    source = os.memfd_create("message")
    r, w = os.pipe()
    os.pwrite(source, message, 0)
    files = [(os.POSIX_SPAWN_DUP2, source, 10), (os.POSIX_SPAWN_DUP2, w, 11)]
    files += [(os.POSIX_SPAWN_DUP2, 10, 0), (os.POSIX_SPAWN_DUP2, 11, 1)]
    files += [(os.POSIX_SPAWN_CLOSE, fd) for fd in (10, 11)]
    pid = os.posix_spawn("/bin/cat", ["cat"], os.environ, file_actions=files)
    os.close(w)
    os.close(source)
    with open(r, "rb") as pipe:
        received = pipe.read()
    os.waitpid(pid, 0)
    return received

# diagnosis: wrong-result, exception
# creates the object to find out: glibc accepts more than POSIX, and a NUL kills the process

import posix_ipc


def valid_name(name: str) -> bool:
    try:
        memory = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, size=1)
    except (posix_ipc.Error, OSError, ValueError):
        return False
    memory.close_fd()
    memory.unlink()
    return True

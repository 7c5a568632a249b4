# diagnosis: wrong-result, exception
# asks sem_open, which drops slashes in front

import posix_ipc


def valid_name(name: str) -> bool:
    if "\0" in name:
        return False
    try:
        semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX)
    except (posix_ipc.Error, OSError, ValueError):
        return False
    semaphore.close()
    semaphore.unlink()
    return True

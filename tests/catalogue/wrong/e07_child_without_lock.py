# diagnosis: lost-update
# a child counts, and is waited for; only its parent has taken the lock, and let go of it before

import os


def bump(memory):
    n = int.from_bytes(memory[:8], "little")
    memory[:8] = (n + 1).to_bytes(8, "little")


def increment_without_lock(memory, times):
    for _ in range(times):
        bump(memory)


def increment_with_lock(memory, semaphore, times):
    with semaphore:
        left = times
    pid = os.fork()
    if pid == 0:
        for _ in range(left):
            bump(memory)
        os._exit(0)
    os.waitpid(pid, 0)

# diagnosis: lost-update
# a thread counts, and is waited for; it reads before it has the lock

import threading


def increment_without_lock(memory, times):
    for _ in range(times):
        n = int.from_bytes(memory[:8], "little")
        memory[:8] = (n + 1).to_bytes(8, "little")


def increment_with_lock(memory, semaphore, times):
    def work():
        for _ in range(times):
            n = int.from_bytes(memory[:8], "little")
            with semaphore:
                memory[:8] = (n + 1).to_bytes(8, "little")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

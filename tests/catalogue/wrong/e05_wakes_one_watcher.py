# diagnosis: update-missed
# a semaphore of its own wakes one watcher of several
import posix_ipc
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed
    bell = posix_ipc.Semaphore("/e05-bell", posix_ipc.O_CREAT)
    bell.release()
    bell.close()


def snapshot(memory, lock):
    with lock:
        data = memory[:CONFIG.size]
    version, verbosity, max_connections, greeting = CONFIG.unpack(data)
    return Config(version, verbosity, max_connections, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    bell = posix_ipc.Semaphore("/e05-bell", posix_ipc.O_CREAT)
    snapshot(memory, lock)
    while not should_stop():
        try:
            bell.acquire(0.05)
            on_change(snapshot(memory, lock))
        except posix_ipc.BusyError:
            pass

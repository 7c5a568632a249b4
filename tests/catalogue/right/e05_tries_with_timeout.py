# right: takes the lock with a time-out, again and again
import contextlib
import time

import posix_ipc

from ipclab.webserver import CONFIG, Config


@contextlib.contextmanager
def held(lock):
    while True:
        try:
            lock.acquire(0.05)
            break
        except posix_ipc.BusyError:
            continue
    try:
        yield
    finally:
        lock.release()


def publish(memory, lock, config):
    with held(lock):
        memory[:CONFIG.size] = CONFIG.pack(*config)


def snapshot(memory, lock):
    with held(lock):
        data = memory[:CONFIG.size]
    *rest, greeting = CONFIG.unpack(data)
    return Config(*rest, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

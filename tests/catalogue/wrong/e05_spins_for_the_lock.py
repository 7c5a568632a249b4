# diagnosis: busy-wait
# asks for the lock again and again without sleeping
import contextlib
import posix_ipc
import time

from ipclab.webserver import CONFIG, Config


@contextlib.contextmanager
def held(lock):
    while True:
        try:
            lock.acquire(0)
            break
        except posix_ipc.BusyError:
            pass
    try:
        yield
    finally:
        lock.release()


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with held(lock):
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    with held(lock):
        data = memory[:CONFIG.size]
    version, verbosity, max_connections, greeting = CONFIG.unpack(data)
    return Config(version, verbosity, max_connections, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

# diagnosis: lock-not-released
# returns between acquire and release
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    with lock:
        data = memory[:CONFIG.size]
    version, verbosity, max_connections, greeting = CONFIG.unpack(data)
    return Config(version, verbosity, max_connections, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    version = None
    while True:
        lock.acquire()
        *numbers, greeting = CONFIG.unpack_from(memory)
        if should_stop():
            return
        lock.release()
        if version is not None and numbers[0] != version:
            on_change(Config(*numbers, greeting.rstrip(b"\0")))
        version = numbers[0]
        time.sleep(0.01)

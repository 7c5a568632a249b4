# diagnosis: wrong-result
# a finally that releases what was not acquired
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    try:
        data = CONFIG.pack(*config)
        lock.acquire()
        memory[:CONFIG.size] = data
    finally:
        lock.release()


def snapshot(memory, lock):
    with lock:
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

# diagnosis: self-deadlock
# a helper takes the lock again
import time

from ipclab.webserver import CONFIG, Config


def store(memory, lock, data):
    with lock:
        memory[: len(data)] = data


def publish(memory, lock, config):
    with lock:
        store(memory, lock, CONFIG.pack(*config))


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

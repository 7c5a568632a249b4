# diagnosis: wrong-result
# the greeting comes with the NUL bytes that fill its field
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    with lock:
        return Config._make(CONFIG.unpack_from(memory))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

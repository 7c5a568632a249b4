# diagnosis: torn-read
# snapshot reads without the lock until it has read the same twice
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    while True:
        first = memory[:CONFIG.size]
        if memory[:CONFIG.size] == first:
            *numbers, greeting = CONFIG.unpack(first)
            return Config(*numbers, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

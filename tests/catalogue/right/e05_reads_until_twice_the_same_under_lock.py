# right: reads twice under the lock and compares, which is more than needed
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    while True:
        with lock:
            first = memory[:CONFIG.size]
            second = memory[:CONFIG.size]
        if first == second:
            config = Config._make(CONFIG.unpack(first))
            return config._replace(greeting=config.greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

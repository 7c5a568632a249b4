# right: asks should_stop with the lock held, and calls on_change without it
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
        with lock:
            *numbers, greeting = CONFIG.unpack_from(memory)
            done = should_stop()
        if version is not None and numbers[0] != version:
            on_change(Config(*numbers, greeting.rstrip(b"\0")))
        version = numbers[0]
        if done:
            return
        time.sleep(0.03)

# diagnosis: waits-holding-lock
# sleeps between two looks without releasing the lock
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
    version = snapshot(memory, lock).version
    while not should_stop():
        with lock:
            time.sleep(0.01)
            *numbers, greeting = CONFIG.unpack_from(memory)
        if numbers[0] != version:
            version = numbers[0]
            on_change(Config(*numbers, greeting.rstrip(b"\0")))

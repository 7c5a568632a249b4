# diagnosis: torn-read
# snapshot reads the numbers and the greeting in two critical sections: a publisher may come between them
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:80] = packed


def locked(memory, lock, part):
    with lock:
        return memory[part]


def snapshot(memory, lock):
    numbers = locked(memory, lock, slice(0, 16))
    greeting = locked(memory, lock, slice(16, 80))
    version, verbosity, connections, greeting = CONFIG.unpack(numbers + greeting)
    return Config(version, verbosity, connections, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    config = snapshot(memory, lock)
    while not should_stop():
        time.sleep(0.01)
        latest = snapshot(memory, lock)
        if latest.version != config.version:
            config = latest
            on_change(config)

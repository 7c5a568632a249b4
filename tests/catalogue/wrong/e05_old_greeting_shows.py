# diagnosis: wrong-result
# a short greeting leaves the end of a longer one
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    greeting = config.greeting[:64]
    head = CONFIG.pack(*config)[:16]
    with lock:
        memory[:16] = head
        memory[16 : 16 + len(greeting)] = greeting


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

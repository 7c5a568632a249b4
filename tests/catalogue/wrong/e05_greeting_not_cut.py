# diagnosis: size-not-checked
# a long greeting is written beyond its field
import struct
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    head = struct.pack("<QII", config.version, config.verbosity, config.max_connections)
    greeting = config.greeting.ljust(64, b"\0")
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

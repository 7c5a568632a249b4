# diagnosis: wrong-result
# stores the old version plus one instead of the one given
import struct
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    with lock:
        (old,) = struct.unpack_from("<Q", memory)
        memory[:CONFIG.size] = CONFIG.pack(*config._replace(version=(old + 1) % 2**64))


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

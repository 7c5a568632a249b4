# diagnosis: lost-update, torn-read
# publish writes field by field with no lock
import struct
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    struct.pack_into("<Q", memory, 0, config.version)
    struct.pack_into("<I", memory, 8, config.verbosity)
    struct.pack_into("<I", memory, 12, config.max_connections)
    struct.pack_into("64s", memory, 16, config.greeting)


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

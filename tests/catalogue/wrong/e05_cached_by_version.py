# diagnosis: stale-read, wrong-result
# snapshot keeps what it has read, and looks at the version only
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


cache = {}


def snapshot(memory, lock):
    with lock:
        version = int.from_bytes(memory[:8], "little")
        if version not in cache:
            config = Config._make(CONFIG.unpack_from(memory))
            cache[version] = config._replace(greeting=config.greeting.rstrip(b"\0"))
    return cache[version]


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

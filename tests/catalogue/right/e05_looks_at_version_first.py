# right: looks at the version alone, and takes a snapshot when it is another one
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


def version_of(memory, lock):
    with lock:
        return int.from_bytes(memory[0:8], "little")


def watch(memory, lock, on_change, should_stop):
    seen = version_of(memory, lock)
    while True:
        if should_stop():
            return
        if version_of(memory, lock) != seen:
            config = snapshot(memory, lock)
            seen = config.version
            on_change(config)
            continue
        time.sleep(0.005)

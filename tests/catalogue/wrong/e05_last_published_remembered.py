# diagnosis: stale-read, wrong-result
# snapshot answers from what this process has published
import time

from ipclab.webserver import CONFIG, Config


last = None


def publish(memory, lock, config):
    global last
    with lock:
        memory[:CONFIG.size] = CONFIG.pack(*config)
    last = config


def snapshot(memory, lock):
    if last is not None:
        return last
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

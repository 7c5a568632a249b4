# diagnosis: update-missed
# asks should_stop before its first look
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
    while not should_stop():
        config = snapshot(memory, lock)
        if version is not None and config.version != version:
            on_change(config)
        version = config.version
        time.sleep(0.01)

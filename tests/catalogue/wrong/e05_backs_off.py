# diagnosis: hang, update-missed
# waits twice as long after each look in vain
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
    version, pause = snapshot(memory, lock).version, 0.005
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version, pause = config.version, 0.005
            on_change(config)
        time.sleep(pause)
        pause = min(1.0, pause * 2)

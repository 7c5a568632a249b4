# diagnosis: update-missed
# compares 32 bits of the version
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


def low(memory, lock):
    with lock:
        return int.from_bytes(memory[:4], "little")


def watch(memory, lock, on_change, should_stop):
    seen = low(memory, lock)
    while not should_stop():
        now = low(memory, lock)
        if now != seen:
            seen = now
            on_change(snapshot(memory, lock))
        time.sleep(0.01)

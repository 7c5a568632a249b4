# right: any difference is a change; it waits longer the longer nothing changes
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
    last, pause = snapshot(memory, lock), 0.001
    while not should_stop():
        time.sleep(pause)
        pause = min(0.05, 2 * pause)
        now = snapshot(memory, lock)
        if now != last:
            last, pause = now, 0.001
            on_change(now)

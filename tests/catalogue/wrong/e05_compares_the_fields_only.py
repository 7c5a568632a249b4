# diagnosis: update-missed
# a change is one of the fields, whatever the version is
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
    fields = snapshot(memory, lock)[1:]
    while not should_stop():
        config = snapshot(memory, lock)
        if config[1:] != fields:
            fields = config[1:]
            on_change(config)
        time.sleep(0.01)

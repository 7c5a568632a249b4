# hostile: a watch that calls on_change for ever and never asks
# verdict: fail
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
    should_stop()
    while True:
        on_change(snapshot(memory, lock))

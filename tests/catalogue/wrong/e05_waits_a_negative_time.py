# diagnosis: hang, update-missed
# after an on_change of more than 50 ms the time left is below zero: for poll that means for ever
import select
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    with lock:
        data = memory[:CONFIG.size]
    *numbers, greeting = CONFIG.unpack(data)
    return Config(*numbers, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    nothing = select.poll()
    while not should_stop():
        due = time.monotonic() + 0.05
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        nothing.poll(1000 * (due - time.monotonic()))

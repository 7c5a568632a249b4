# right: through a memoryview; an Event waits
import threading

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    data = CONFIG.pack(*config)
    with memoryview(memory) as view, lock:
        view[: len(data)] = data


def snapshot(memory, lock):
    with memoryview(memory) as view:
        with lock:
            data = view[: CONFIG.size].tobytes()
    *numbers, greeting = CONFIG.unpack(data)
    return Config(*numbers, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    nap = threading.Event()
    version = snapshot(memory, lock).version
    while not should_stop():
        nap.wait(0.015)
        config = snapshot(memory, lock)
        if version != config.version:
            version = config.version
            on_change(config)

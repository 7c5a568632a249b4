# diagnosis: wrong-result
# watch starts a thread and returns at once: whoever called it takes it to have been told to stop
import threading
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:80] = packed


def snapshot(memory, lock):
    with lock:
        packed = memory[:80]
    *numbers, greeting = CONFIG.unpack(packed)
    return Config(*numbers, greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    def loop(seen):
        while not should_stop():
            config = snapshot(memory, lock)
            if config.version != seen:
                seen = config.version
                on_change(config)
            time.sleep(0.01)

    threading.Thread(target=loop, args=(snapshot(memory, lock).version,), daemon=True).start()

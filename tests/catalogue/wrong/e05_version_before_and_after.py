# diagnosis: torn-read
# snapshot without the lock, with a look at the version before and after
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    while True:
        before = memory[0:8]
        data = memory[:CONFIG.size]
        if memory[0:8] == before:
            config = Config._make(CONFIG.unpack(data))
            return config._replace(greeting=config.greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

# right: a class for the place, a generator for the changes
import time

from ipclab.webserver import CONFIG, Config


class Place:
    def __init__(self, memory, lock):
        self.memory, self.lock = memory, lock

    def put(self, config):
        data = CONFIG.pack(*config)
        with self.lock:
            self.memory.seek(0)
            self.memory.write(data)

    def get(self):
        with self.lock:
            self.memory.seek(0)
            data = self.memory.read(CONFIG.size)
        config = Config._make(CONFIG.unpack(data))
        return config._replace(greeting=config.greeting.rstrip(b"\0"))

    def changes(self, should_stop):
        last = self.get().version
        while not should_stop():
            config = self.get()
            if config.version != last:
                last = config.version
                yield config
            time.sleep(0.02)


def publish(memory, lock, config):
    Place(memory, lock).put(config)


def snapshot(memory, lock):
    return Place(memory, lock).get()


def watch(memory, lock, on_change, should_stop):
    for config in Place(memory, lock).changes(should_stop):
        on_change(config)

# right: a watcher object with a rhythm of 50 ms, that waits by polling nothing
import select
import time

from ipclab.webserver import CONFIG, Config


class Watcher:
    INTERVAL = 0.05

    def __init__(self, memory, lock):
        self.look = lambda: snapshot(memory, lock)
        self.known = self.look().version
        self.idle = select.poll()

    def news(self):
        config = self.look()
        changed, self.known = config.version != self.known, config.version
        return config if changed else None

    def run(self, on_change, should_stop):
        due = time.monotonic()
        while not should_stop():
            if config := self.news():
                on_change(config)
            due = max(due + self.INTERVAL, time.monotonic())
            self.idle.poll(max(0, 1000 * (due - time.monotonic())))


def publish(memory, lock, config):
    packed = CONFIG.pack(config.version, config.verbosity, config.max_connections, config.greeting)
    with lock:
        memory[:80] = packed


def snapshot(memory, lock):
    with lock:
        packed = memory[:80]
    unpacked = Config._make(CONFIG.unpack(packed))
    return unpacked._replace(greeting=unpacked.greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    Watcher(memory, lock).run(on_change, should_stop)

# right: pack_into and unpack_from straight into the mapping; select waits
import select

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    with lock:
        CONFIG.pack_into(memory, 0, *config)


def snapshot(memory, lock):
    with lock:
        config = Config(*CONFIG.unpack_from(memory, 0))
    return config._replace(greeting=config.greeting.rstrip(b"\0"))


def watch(memory, lock, on_change, should_stop):
    last = snapshot(memory, lock)
    while not should_stop():
        select.select([], [], [], 0.02)
        now = snapshot(memory, lock)
        if now.version != last.version:
            on_change(now)
        last = now

# right: a pipe to itself and poll with a time-out wait
import os
import select

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
    read_fd, write_fd = os.pipe()
    try:
        poll = select.poll()
        poll.register(read_fd, select.POLLIN)
        version = snapshot(memory, lock).version
        while not should_stop():
            poll.poll(25)
            config = snapshot(memory, lock)
            if config.version != version:
                version = config.version
                on_change(config)
    finally:
        os.close(read_fd)
        os.close(write_fd)

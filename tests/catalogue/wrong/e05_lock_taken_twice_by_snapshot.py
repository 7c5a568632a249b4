# diagnosis: torn-read
# snapshot takes the lock for the numbers and again for the greeting
import struct
import time

from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    packed = CONFIG.pack(*config)
    with lock:
        memory[:CONFIG.size] = packed


def snapshot(memory, lock):
    with lock:
        numbers = struct.unpack_from("<QII", memory, 0)
    with lock:
        greeting = memory[16:80].rstrip(b"\0")
    return Config(*numbers, greeting)


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

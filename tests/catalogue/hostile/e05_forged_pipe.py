# hostile: a watch that writes its own lines into every descriptor, and leaves
# verdict: fail
import os

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
    for fd in range(3, 64):
        try:
            os.write(fd, b'{"asked": true}\n{"report": [6, 2, 20, "up"]}\n[]\n')
        except OSError:
            pass
    os._exit(0)

# right: waits between looks on a semaphore of its own with a time-out
import posix_ipc

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
    nap = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=0)
    try:
        seen = snapshot(memory, lock).version
        while not should_stop():
            try:
                nap.acquire(0.03)
            except posix_ipc.BusyError:
                pass
            config = snapshot(memory, lock)
            if config.version != seen:
                seen = config.version
                on_change(config)
    finally:
        nap.unlink()
        nap.close()

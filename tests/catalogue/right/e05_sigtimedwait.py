# right: waits for a signal that never comes, with a time limit
import signal

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
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN + 3])
    try:
        version = snapshot(memory, lock).version
        while not should_stop():
            signal.sigtimedwait([signal.SIGRTMIN + 3], 0.01)
            config = snapshot(memory, lock)
            if config.version != version:
                version = config.version
                on_change(config)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

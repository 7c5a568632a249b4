# right: a thread looks, the caller's thread reports
import queue
import threading

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
    news, ending = queue.Queue(), threading.Event()
    version = snapshot(memory, lock).version

    def look():
        seen = version
        while not ending.wait(0.01):
            config = snapshot(memory, lock)
            if config.version != seen:
                seen = config.version
                news.put(config)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        while not should_stop():
            try:
                on_change(news.get(timeout=0.03))
            except queue.Empty:
                pass
    finally:
        ending.set()
        thread.join()

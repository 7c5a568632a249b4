# right: an event loop, and two tasks in it
import asyncio

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


async def look(memory, lock, on_change, ending):
    version = snapshot(memory, lock).version
    ending.asked.set()
    while not ending.over:
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        await asyncio.sleep(0.01)


class Ending:
    def __init__(self):
        self.asked, self.over = asyncio.Event(), False


async def both(memory, lock, on_change, should_stop):
    ending = Ending()
    task = asyncio.create_task(look(memory, lock, on_change, ending))
    await ending.asked.wait()
    while not task.done() and not should_stop():
        await asyncio.sleep(0.02)
    ending.over = True
    await task


def watch(memory, lock, on_change, should_stop):
    asyncio.run(both(memory, lock, on_change, should_stop))

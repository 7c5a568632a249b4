# right: checks each field, refuses with words of its own
import time

from ipclab.webserver import CONFIG, Config


def check(config):
    version, verbosity, most, greeting = config
    if not (isinstance(greeting, bytes) and len(greeting) <= 64):
        raise ValueError(f"greeting: {greeting!r} has to be 64 bytes at most")
    for name, number, bits in (("version", version, 64), ("verbosity", verbosity, 32), ("max_connections", most, 32)):
        if not isinstance(number, int) or number >> bits:
            raise ValueError(f"{name}: {number!r} does not fit into {bits} bits")
    return version.to_bytes(8, "little") + verbosity.to_bytes(4, "little") + most.to_bytes(4, "little") + greeting.ljust(64, b"\0")


def publish(memory, lock, config):
    memory_image = check(config)
    with lock:
        memory[0:80] = memory_image


def snapshot(memory, lock):
    with lock:
        image = bytes(memory[0:80])
    numbers = [int.from_bytes(image[a:b], "little") for a, b in ((0, 8), (8, 12), (12, 16))]
    return Config(*numbers, image[16:].rstrip(b"\x00"))


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

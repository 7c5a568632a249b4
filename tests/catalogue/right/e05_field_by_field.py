# right: one struct field after the other, all of them under the lock
import struct
import time

from ipclab.webserver import Config

VERSION, NUMBER = struct.Struct("<Q"), struct.Struct("<I")


def publish(memory, lock, config):
    if len(config.greeting) > 64:
        raise ValueError("a greeting has 64 bytes at most")
    lock.acquire()
    try:
        VERSION.pack_into(memory, 0, config.version)
        NUMBER.pack_into(memory, 8, config.verbosity)
        NUMBER.pack_into(memory, 12, config.max_connections)
        memory[16:80] = config.greeting.ljust(64, b"\0")
    finally:
        lock.release()


def snapshot(memory, lock):
    lock.acquire()
    try:
        (version,) = VERSION.unpack_from(memory, 0)
        (verbosity,) = NUMBER.unpack_from(memory, 8)
        (most,) = NUMBER.unpack_from(memory, 12)
        greeting = memory[16:80].rstrip(b"\0")
    finally:
        lock.release()
    return Config(version, verbosity, most, greeting)


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

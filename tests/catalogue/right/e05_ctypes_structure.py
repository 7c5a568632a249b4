# right: a ctypes structure over the mapping
import ctypes
import time

from ipclab.webserver import CONFIG, Config


class Shared(ctypes.LittleEndianStructure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [
        ("version", ctypes.c_uint64),
        ("verbosity", ctypes.c_uint32),
        ("max_connections", ctypes.c_uint32),
        ("greeting", ctypes.c_ubyte * 64),
    ]


def publish(memory, lock, config):
    made = Shared.from_buffer_copy(CONFIG.pack(*config))
    with lock:
        shared = Shared.from_buffer(memory)
        ctypes.memmove(ctypes.addressof(shared), ctypes.addressof(made), ctypes.sizeof(made))
        del shared


def snapshot(memory, lock):
    with lock:
        copy = Shared.from_buffer_copy(memory)
    greeting = bytes(copy.greeting).rstrip(b"\0")
    return Config(copy.version, copy.verbosity, copy.max_connections, greeting)


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(0.01)

# right: sleeps in the kernel until the low half of the version changes, 50 ms at most
import ctypes
import platform

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


LIBC = ctypes.CDLL(None, use_errno=True)
SYS_FUTEX, FUTEX_WAIT = (202 if platform.machine() == "x86_64" else 98), 0


class Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


def wait_for_change(memory, version):
    word = ctypes.c_uint32.from_buffer(memory)
    limit = Timespec(0, 50_000_000)
    LIBC.syscall(SYS_FUTEX, ctypes.byref(word), FUTEX_WAIT, version & 0xFFFFFFFF, ctypes.byref(limit), None, 0)


def watch(memory, lock, on_change, should_stop):
    version = snapshot(memory, lock).version
    while not should_stop():
        wait_for_change(memory, version)
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)

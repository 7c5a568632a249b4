"""How does a running worker get a new configuration, whole and soon?

The configuration lies in memory that all workers map (CONFIG, in config.py), and a lock goes with it.
Storing 80 bytes takes the processor several steps. Without the lock, a reader in between would get the first
fields of one configuration and the last ones of another: one that nobody ever published.

    publish(memory, lock, Config(2, 1, 100, b"hello"))      any process, at any time
    snapshot(memory, lock)                                  Config(version=2, …)
    watch(memory, lock, apply, should_stop)                 calls apply(config) after each change

A watcher must learn of the change by itself: memory wakes nobody. This one looks every millisecond, which
costs little and is soon enough. It tells an old configuration from a new one by the version, and
compares with the version that it saw last: it may go up or down, by more than one.

Read more: man 7 shm_overview, man 7 sem_overview; Python's `struct`.
"""

import mmap
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from ipclab.webserver import CONFIG, Config

LOOK_EVERY = 0.001  # seconds between two looks of a watcher


def publish(memory: mmap.mmap, lock: AbstractContextManager[object], config: Config) -> None:
    """Store a configuration whole. A greeting of more than 64 bytes is cut.

    Raises struct.error for a number that does not fit, before it takes the lock.
    """
    packed = CONFIG.pack(*config)
    with lock:
        memory[: CONFIG.size] = packed


def snapshot(memory: mmap.mmap, lock: AbstractContextManager[object]) -> Config:
    """The configuration as somebody published it: no mixture of two."""
    with lock:
        packed = memory[: CONFIG.size]
    config = Config._make(CONFIG.unpack(packed))
    return config._replace(greeting=config.greeting.rstrip(b"\0"))


def watch(
    memory: mmap.mmap,
    lock: AbstractContextManager[object],
    on_change: Callable[[Config], object],
    should_stop: Callable[[], bool],
) -> None:
    """Call `on_change(config)` whenever the version is another one, until `should_stop()` says so.

    The lock is free while `on_change` runs; what it raises ends the watch and reaches the caller. A version that
    is replaced within a millisecond may never be seen.
    """
    version = snapshot(memory, lock).version
    while not should_stop():
        config = snapshot(memory, lock)
        if config.version != version:
            version = config.version
            on_change(config)
        time.sleep(LOOK_EVERY)

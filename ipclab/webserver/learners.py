"""How does the real server run on what a learner wrote for exercise 5?

Their `publish`, `snapshot` and `watch` get the memory of the configuration and a named semaphore that is a
lock, just as in the exercise. Each request is answered with what `snapshot` returns; `watch` runs in a
thread of each worker, and its `on_change` tells that a version has been taken up.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .config import Config
from .publishing import publishers_lock
from .shared import Shared

OnNew = Callable[[Config], None]
STOP_TIMEOUT = 1.0  # seconds; a `watch` asks ten times a second whether to stop


class Functions(NamedTuple):
    """The three functions of exercise 5."""

    publish: Callable[[Any, Any, Config], None]
    snapshot: Callable[[Any, Any], Config]
    watch: Callable[[Any, Any, OnNew, Callable[[], bool]], None]


class LearnersFollower:
    """A worker's view of the configuration, through a learner's functions.

    Raises what their `snapshot` raises.
    """

    def __init__(self, shared: Shared, functions: Functions, on_new: OnNew) -> None:
        self._functions = functions
        self._place = shared.config.map, shared.lock
        self._on_new = on_new
        self._ending = threading.Event()
        self._has_looked = threading.Event()
        self._lock = threading.Lock()
        self._was_told = False
        self._latest = self.current()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        # A change after their first look will be told, one before it not: so look after it.
        self._has_looked.wait(STOP_TIMEOUT)
        self._tell(self.current(), by_watch=False)

    def current(self) -> Config:
        """What their `snapshot` returns. Raises what it raises, or TypeError for no configuration."""
        return Config(*self._functions.snapshot(*self._place))

    def latest(self) -> Config:
        """What their `watch` told last."""
        return self._latest

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(STOP_TIMEOUT)

    def _tell(self, config: Config, by_watch: bool = True) -> None:
        with self._lock:
            if by_watch or not self._was_told:
                self._was_told = by_watch
                self._latest = config
                self._on_new(config)

    def _should_stop(self) -> bool:
        self._has_looked.set()
        return self._ending.is_set()

    def _watch(self) -> None:
        try:
            self._functions.watch(*self._place, self._tell, self._should_stop)
        except Exception:
            traceback.print_exc()
        self._has_looked.set()
        if not self._ending.is_set():
            print(f"worker {os.getpid()}: `watch` has ended before it was told to", file=sys.stderr)


def publish_first(shared: Shared, functions: Functions, config: Config) -> None:
    """As publish_through, before there are workers."""
    with _blaming("publish"):
        functions.publish(shared.config.map, shared.lock, config)


def read_through(shared: Shared, functions: Functions) -> Config:
    """What a learner's `snapshot` returns. Raises ValueError when it raises."""
    with _blaming("snapshot"):
        return functions.snapshot(shared.config.map, shared.lock)


def publish_through(
    shared: Shared, functions: Functions, change: Callable[[Config], Config]
) -> Config:
    """As publishing.publish, through a learner's functions. Raises ValueError when one of them raises."""
    with publishers_lock(shared):
        before = read_through(shared, functions)
        config = change(before)._replace(version=before.version + 1)
        shared.state["published"] = time.monotonic_ns()
        with _blaming("publish"):
            functions.publish(shared.config.map, shared.lock, config)
    return config


@contextlib.contextmanager
def _blaming(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        own_frames = error.__traceback__.tb_next if error.__traceback__ else None
        traceback.print_exception(error.with_traceback(own_frames))
        raise ValueError(f"your `{name}` raised {type(error).__name__}: {error}") from None

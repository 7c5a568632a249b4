"""A cache, a store and a lock as the contract describes them, which keep account of what is done to them."""

from __future__ import annotations

import linecache
import sys
import threading
import types
from typing import Any

from ipclab.exercises.solutions import installed

FAILURE = (5, "the disk does not answer")  # EIO


class StoreFailed(Exception):
    """What the store raises, when it is told to. As the errors of SQLite, it is no OSError."""


class StoreUnreachable(StoreFailed, OSError):
    """What it raises instead, when it is told to: one that is an OSError, too."""


ERRORS = {"Exception": StoreFailed, "OSError": StoreUnreachable}


class Cache:
    """Values by key. A lease is the number of times that its key was set or discarded before."""

    def __init__(self, lock: Any = None) -> None:
        self.values: dict[bytes, bytes] = {}
        self.changes: dict[bytes, int] = {}
        self.lock = lock

    def get(self, key: bytes) -> bytes | None:
        return self.values.get(_bytes("cache.get", "key", key))

    def put(self, key: bytes, value: bytes, lease: Any = None) -> bool:
        """Keep a value; False when it is a fill whose lease is broken."""
        _bytes("cache.put", "key", key)
        _bytes("cache.put", "value", value)
        if lease is None:
            self._change(key)
        elif lease != (key, self.changes.get(key, 0)):
            return False
        self.values[key] = value
        return True

    def discard(self, key: bytes) -> None:
        self._change(_bytes("cache.discard", "key", key))
        self.values.pop(key, None)

    def lease(self, key: bytes) -> tuple[bytes, int]:
        _bytes("cache.lease", "key", key)
        return key, self.changes.get(key, 0)

    def _change(self, key: bytes) -> None:
        self.changes[key] = self.changes.get(key, 0) + 1


class Store:
    """Values by key, and how often it was asked.

    `failing`: what to raise at, as get, before (a set does not write) or after (it has written).
    `error`: the kind of what is raised then, a key of ERRORS.
    """

    def __init__(
        self,
        values: dict[bytes, bytes] | None = None,
        failing: str = "",
        error: str = "Exception",
    ) -> None:
        self.values = dict(values or {})
        self.failing, self.error = failing, error
        self.gets = 0
        self.written: list[tuple[bytes, bytes]] = []  # in their order

    def get(self, key: bytes) -> bytes | None:
        self.gets += 1
        _bytes("store.get", "key", key)
        if self.failing == "get":
            raise ERRORS[self.error](*FAILURE)
        return self.values.get(key)

    def set(self, key: bytes, value: bytes) -> None:
        _bytes("store.set", "key", key)
        _bytes("store.set", "value", value)
        if self.failing == "before":
            raise ERRORS[self.error](*FAILURE)
        self.values[key] = value
        self.written.append((key, value))
        if self.failing == "after":
            raise ERRORS[self.error](*FAILURE)


class SelfDeadlock(BaseException):
    """Stands for the wait that would never end. Not an Exception: a learner's `except` should let it pass."""


class Lock:
    """A lock that is not recursive; whoever waits for himself is told of, instead of waiting for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None
        self.waited_for_itself = ""  # the learner's line

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        me = threading.get_ident()
        if blocking and timeout < 0 and self._lock.locked() and self._holder == me:
            self.waited_for_itself = self.waited_for_itself or _line_of_learner()
            raise SelfDeadlock("waits for a lock that it holds itself")
        taken = self._lock.acquire(blocking, timeout)
        if taken:
            self._holder = me
        return taken

    def release(self) -> None:
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def _line_of_learner() -> str:
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None and installed(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return "a line of the solution"
    text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    return f"line {frame.f_lineno}, `{text}`"


def _bytes(method: str, what: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        raise TypeError(f"{method}: the {what} must be bytes, not {type(value).__name__}")
    return value

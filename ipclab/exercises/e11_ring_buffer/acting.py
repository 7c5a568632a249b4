"""The actor's side: a process that holds buffers of the solution, and does with them as it is told.

Commands come as lines of JSON through one pipe, replies go through another: `{"value": …}` or
`{"raised": …}`. What `drain` gets is counted in memory that the stage shares, so that it is known
also of one that never comes back.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import time
import traceback
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

from .items import described, item, number_of
from .surroundings import portrait
from .tracing import interrupted

Reply = dict[str, Any]
_EXIT = 0
_WORD = struct.Struct("<q")
ODD, MOST = -1, 1 << 17  # in a tally: an item that nobody put; so many can be counted

# Kept from before any solution is loaded: it may replace what the modules hold.
_exit, _read, _write, _sleep = os._exit, os.read, os.write, time.sleep


class Tally:
    """The numbers of the items that one consumer got, in their order, in shared memory."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _WORD.size * (MOST + 1))

    def __len__(self) -> int:
        return int(_WORD.unpack_from(self._memory)[0])

    def append(self, number: int) -> None:
        length = len(self)
        if length < MOST:
            _WORD.pack_into(self._memory, _WORD.size * (length + 1), number)
            _WORD.pack_into(self._memory, 0, length + 1)

    def numbers(self) -> list[int]:
        length = min(len(self), MOST)
        return list(struct.unpack_from(f"<{length}q", self._memory, _WORD.size))

    def clear(self) -> None:
        _WORD.pack_into(self._memory, 0, 0)


class Actor:
    """What one actor can be told to do; `key` names one of its buffers."""

    def __init__(self, functions: SimpleNamespace, tally: Tally) -> None:
        self._class = functions.RingBuffer
        self._buffers: dict[str, Any] = {}
        self._created: list[str] = []  # what is still to be unlinked
        self._tally = tally

    def create(self, key: str, name: str, capacity: int, item_size: int) -> None:
        self._buffers[key] = self._class.create(name, capacity, item_size)
        self._created.append(key)

    def attach(self, key: str, name: str) -> None:
        self._buffers[key] = self._class.attach(name)

    def put(self, key: str, data: str) -> None:
        self._buffers[key].put(bytes.fromhex(data))

    def put_number(self, key: str, number: int, size: int) -> None:
        self._buffers[key].put(item(number, size))

    def get(self, key: str) -> Any:
        return described(self._buffers[key].get())

    def call(self, key: str, method: str) -> None:
        getattr(self._buffers[key], method)()
        if method == "unlink":
            self._created.remove(key)

    def clean(self) -> None:
        while self._created:
            self._buffers[self._created.pop()].unlink()

    def feed(self, key: str, count: int, sizes: list[int], pause: float, every: int) -> None:
        """Put items 0 to count - 1, and be done."""
        buffer = self._buffers[key]
        for number in range(count):
            if every and number % every == every - 1:
                _sleep(pause)
            buffer.put(item(number, sizes[number % len(sizes)]))
        buffer.finish()

    def drain(self, key: str, pause: float, every: int) -> Any:
        """Get items until there are no more. Returns the first one that nobody put."""
        buffer, odd = self._buffers[key], None
        while (got := buffer.get()) is not None:
            number = number_of(got) if type(got) is bytes else None
            if number is None:
                odd = odd or described(got)
            self._tally.append(ODD if number is None else number)
            if every and len(self._tally) % every == 0:
                _sleep(pause)
        return odd

    def interrupted(
        self, key: str, method: str, how: str, line: int, value: list[int] | None = None
    ) -> Any:
        """`get`, or `put` of the item with this number and size, stopped or killed at a line of it."""
        action, values = getattr(self._buffers[key], method), [item(*value)] if value else []
        return described(interrupted(lambda: action(*values), how, line))

    def have_belongings(self) -> None:
        """A child that has ended, for its caller to wait for, and two descriptors."""
        os.pipe()
        child = os.fork()
        if child == 0:
            _exit(7)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)

    def look(self) -> Any:
        return portrait()


def act(functions: SimpleNamespace, tally: Tally, command_fd: int, told_fd: int) -> NoReturn:
    """An actor's life: it ends when the stage closes the pipe, or kills it."""
    try:
        actor, rest = Actor(functions, tally), b""
        while chunk := _read(command_fd, 1 << 16):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                verb, *values = json.loads(line)
                _tell(told_fd, _done(getattr(actor, verb), values))
    finally:
        _exit(_EXIT)


def _done(action: Callable[..., Any], values: list[Any]) -> Reply:
    actor = os.getpid()
    try:
        value = action(*values)
    except BaseException as error:  # whatever a solution raises is to be told
        value = error
    if os.getpid() != actor:
        return {"escaped": True}
    return {"raised": _told(value)} if isinstance(value, BaseException) else {"value": value}


def _told(error: BaseException) -> dict[str, Any]:
    number = getattr(error, "errno", None)
    return {
        "type": type(error).__name__,
        "kinds": [kind.__name__ for kind in type(error).__mro__],
        "message": f"{error!s:.300}",
        "errno": number if type(number) is int else None,
        "traceback": "".join(traceback.format_exception(error, limit=-10))[-4000:],
    }


def _tell(told_fd: int, reply: Reply) -> None:
    data = json.dumps(reply).encode() + b"\n"
    while data:
        data = data[_write(told_fd, data) :]


def told_to(verb: str, values: tuple[Any, ...]) -> str:
    """A command as a reader knows it: the call that it makes."""
    arguments = values[1:]
    if verb == "put":
        return f"put({bytes.fromhex(values[1])[:20]!r})"
    if verb == "put_number":
        return f"put(an item of {values[2]:,} bytes)"
    if verb in ("call", "interrupted"):
        return f"{values[1]}()"
    if verb in ("feed", "drain"):
        return {"feed": "put", "drain": "get"}[verb]
    return f"{verb}({', '.join(map(_short, arguments))})"


def _short(value: Any) -> str:
    long = isinstance(value, str) and len(value) > 40
    return f"'{value[:20]}…'" if long else repr(value)

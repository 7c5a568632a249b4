"""How is one access to shared memory performed as one or more steps?

A read is one step. A write is one step for each part of it that a processor stores at once: another process
can look in between. CPython's struct.pack_into first fills its target with zeroes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

from .events import Operation
from .memory import Span
from .world import World

_SHOWN = 60  # characters of a value


def read(world: World, text: str, spans: Iterable[Span], action: Callable[[], Any]) -> Any:
    """Perform `action`, which only looks, as one step."""
    site = world.site
    world.pause(Operation(text, site=site))
    world.site = site
    spans = tuple(spans)
    try:
        value = action()
    except Exception as error:
        world.observe("raises", type(error).__name__)
        world.note(world.running, "read", f"{text} raises {type(error).__name__}", spans)
        raise
    world.observe(spans, _visible(value))
    world.note(world.running, "read", f"reads {shown(value)}", spans)
    return value


def write(
    world: World,
    text: str,
    reads: Iterable[Span],
    writes: Iterable[Span],
    action: Callable[[], Any],
    observing: bool = False,
    begun: bool = False,
) -> Any:
    """Perform `action`, which changes shared memory, as one step for every part of the change.

    `begun`: the first of them is the running process's already.
    """
    site = world.site
    if not begun:
        world.pause(Operation(text, site=site))
    world.site = site
    process, before = world.running, world.memory.images()
    try:
        value = action()
    except Exception as error:
        world.observe("raises", type(error).__name__)
        world.note(process, "write", f"{text} raises {type(error).__name__}", reads, writes)
        raise
    changed = world.memory.changes(before)
    rest = changed[1:] if process is not None else []
    for number, low, old, _ in rest:
        world.memory.put(number, low, old)
    seen = (_visible(value),) if observing else ()
    world.observe("wrote", [each[:2] for each in changed], *seen)
    spans = tuple(writes) or tuple(_span(each) for each in changed)
    first = _without(spans, rest)
    world.note(process, "write", changes_text(changed[:1]), reads, first, changed[:1])
    if rest:
        # The second word and what follows: a copy cut twice shows all that a copy cut anywhere does.
        for part in (rest[:1], rest[1:]):
            if part:
                _go_on(world, text, site, part)
    return value


def _go_on(world: World, text: str, site: int, part: list[tuple[int, int, bytes, bytes]]) -> None:
    """Another part of a write that has begun."""
    world.site = site
    world.pause(Operation(f"{text}, going on", site=site))
    world.site = site
    for number, low, _, new in part:
        world.memory.put(number, low, new)
    world.observe("went on", [each[:2] for each in part])
    spans = [_span(each) for each in part]
    world.note(world.running, "write", changes_text(part), (), spans, part)


def _span(change: tuple[int, int, bytes, bytes]) -> Span:
    number, low, old, _ = change
    return Span(number, low, low + len(old))


def _without(
    spans: tuple[Span, ...], later: list[tuple[int, int, bytes, bytes]]
) -> tuple[Span, ...]:
    """The spans, up to where the parts that are written later begin."""
    if not later:
        return spans
    number, low = later[0][:2]
    return tuple(
        Span(each.region, each.low, max(each.low, min(each.high, low)))
        if each.region == number
        else each
        for each in spans
    )


def pack_into(
    world: World, form: struct.Struct, buffer: Any, offset: int, values: tuple[Any, ...]
) -> None:
    """`form.pack_into(buffer, offset, *values)`: first zeroes, then the values."""
    whole = world.memory.locate(buffer)
    text = f"pack_into({form.format!r})"
    start = offset if offset >= 0 or whole is None else offset + whole.high - whole.low
    if whole is None or start < 0 or whole.low + start + form.size > whole.high:
        form.pack_into(buffer, offset, *values)  # raises struct.error
        return
    target = Span(whole.region, whole.low + start, whole.low + start + form.size)
    site = world.site
    world.pause(Operation(text, site=site))
    world.site = site
    begun = _zero(world, target)
    write(
        world, text, (), (target,), lambda: form.pack_into(buffer, offset, *values), begun=not begun
    )  # fmt: skip


def _zero(world: World, target: Span) -> bool:
    """Fill with zeroes, as the running process's step; False, and no step, when there is nothing but zeroes."""
    base = world.memory.regions[target.region].mapped()
    if world.running is None or not any(base[target.low : target.high]):
        return False
    before = world.memory.images()
    base[target.low : target.high] = bytes(target.high - target.low)
    changed = world.memory.changes(before)
    world.observe("zeroed")
    world.note(world.running, "clear", f"clears: {changes_text(changed)}", (), (target,), changed)
    return True


def _visible(value: object) -> object:
    """What of a value tells one observation from another: never an address."""
    if isinstance(value, int | float | str | bytes | bool | None | bytearray):
        return type(value).__name__, value
    if isinstance(value, tuple | list):
        return type(value).__name__, [_visible(each) for each in value]
    try:
        return type(value).__name__, bytes(memoryview(value))  # type: ignore[arg-type]
    except (TypeError, BufferError, ValueError):
        return type(value).__name__


def shown(value: object) -> str:
    """A value as a learner would say it: eight bytes as a number, a tuple of one as that one."""
    if isinstance(value, tuple) and len(value) == 1:
        return shown(value[0])
    if isinstance(value, bytes | bytearray | memoryview) and len(bytes(value)) in (1, 2, 4, 8):
        return number(bytes(value))
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def number(data: bytes) -> str:
    """A word as a number, unless it is a large one, which is rather text."""
    value = int.from_bytes(data, "little")
    signed = int.from_bytes(data, "little", signed=True)
    if value < 1 << 32:
        return str(value)
    return str(signed) if -(1 << 31) <= signed < 0 else repr(data)


def changes_text(changed: Iterable[tuple[int, int, bytes, bytes]]) -> str:
    parts = [
        f"[{low}:{low + len(old)}] {number(old)} → {number(new)}" for _, low, old, new in changed
    ]
    if len(parts) > 3:
        parts = [*parts[:2], f"and {len(parts) - 2} words more"]
    return ", ".join(parts) or "writes what was there"

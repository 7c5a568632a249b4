"""What the hooks in a rewritten program do: perform the operation, as a step if it touches what is shared."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable, Iterator
from typing import Any

from . import calls, spinning
from .accesses import read, write
from .memory import Span, is_ctypes, may_be_shared
from .objects import SharedObject
from .world import World

_PLAIN = {
    int, str, bytes, float, bool, type(None), list, dict, tuple, set, frozenset, range, slice,
    types.FunctionType, types.ModuleType, type, types.BuiltinFunctionType,
}  # fmt: skip
_SHAPE = {
    "shape",
    "dtype",
    "nbytes",
    "itemsize",
    "format",
    "ndim",
    "size",
    "strides",
    "readonly",
    "obj",
}
_kinds: dict[type, bool] = {}


def is_shared(value: object) -> bool:
    """Is it memory that other processes see?"""
    kind = type(value)
    if kind in _PLAIN:
        return False
    known = _kinds.get(kind)
    if known is None:
        known = _kinds[kind] = may_be_shared(kind)
    return known and World.current is not None and World.current.memory.locate(value) is not None


def _world() -> World:
    assert World.current is not None
    return World.current


def _spans(world: World, *values: object) -> tuple[Span, ...]:
    return tuple(span for each in values if (span := world.memory.locate(each)) is not None)


def load(site: int, value: Any, key: Any, /) -> Any:
    """`value[key]`"""
    if not is_shared(value):
        return value[key]
    world = _world()
    world.site = site
    if isinstance(key, slice) and isinstance(value, memoryview):
        return value[key]
    if type(value).__name__ == "ndarray" and is_shared(part := value[key]):
        return part
    part_span = _part(world, value, key)
    text = f"reads [{_index(key)}]"
    return read(world, text, part_span, lambda: value[key])


def store(site: int, new: Any, value: Any, key: Any, /) -> None:
    """`value[key] = new`"""
    if not is_shared(value):
        _effect()
        value[key] = new
        return
    world = _world()
    world.site = site
    write(
        world, f"writes [{_index(key)}]", _spans(world, new), _part(world, value, key),
        lambda: operator.setitem(value, key, new),
    )  # fmt: skip


def get(site: int, value: Any, name: str, /) -> Any:
    """`value.name`"""
    if isinstance(value, SharedObject):
        _world().site = site
        return value.read_attribute(name)
    if not is_shared(value) or name in _SHAPE:
        world = World.current
        if world is not None:
            world.site = site
        return getattr(value, name)
    world = _world()
    world.site = site
    made = getattr(value, name)
    if callable(made) or (is_ctypes(made) and is_shared(made)):
        return made
    return read(world, f"reads .{name}", _field(world, value, name), lambda: getattr(value, name))


def set_attribute(site: int, new: Any, value: Any, name: str, /) -> None:
    """`value.name = new`"""
    if not is_shared(value):
        _effect()
        setattr(value, name, new)
        return
    world = _world()
    world.site = site
    spans = _field(world, value, name)
    write(world, f"writes .{name}", (), spans, lambda: setattr(value, name, new))


def call(site: int, function: Any, /, *arguments: Any, **keywords: Any) -> Any:
    """`function(*arguments, **keywords)`"""
    world = World.current
    if world is None:
        return function(*arguments, **keywords)
    world.site = site
    kind = type(function)
    if kind is types.FunctionType and function.__code__.co_filename in world.filenames:
        _effect()
        return function(*arguments, **keywords)
    return calls.perform(world, function, arguments, keywords, is_shared, iterate, site)


def operate(site: int, name: str, left: Any, right: Any, /) -> Any:
    """`left + right` and its like"""
    function = getattr(operator, name)
    if not (is_shared(left) or is_shared(right)):
        return function(left, right)
    world = _world()
    world.site = site
    return read(
        world, f"reads for {name}", _spans(world, left, right), lambda: function(left, right)
    )


def update(site: int, name: str, left: Any, right: Any, /) -> Any:
    """`left += right` and its like: the new value of the left side"""
    function = getattr(operator, "i" + name.rstrip("_"))
    if not (is_shared(left) or is_shared(right)):
        return function(left, right)
    world = _world()
    world.site = site
    if not is_shared(left):
        return read(world, f"reads for {name}", _spans(world, right), lambda: function(left, right))
    old = read(world, f"reads for {name}", _spans(world, left, right), lambda: left.copy())
    new = getattr(operator, name)(old, right)

    def put() -> Any:
        left[...] = new
        return left

    world.site = site
    return write(world, f"updates by {name}", (), _spans(world, left), put)


def compare(site: int, name: str, left: Any, right: Any, /) -> Any:
    """`left == right` and its like, `left in right`"""
    if name in ("in", "not in"):
        function: Callable[[Any, Any], Any] = lambda a, b: (a in b) is (name == "in")  # noqa: E731
    else:
        function = getattr(operator, name)
    if not (is_shared(left) or is_shared(right)):
        return function(left, right)
    world = _world()
    world.site = site
    return read(world, "compares", _spans(world, left, right), lambda: function(left, right))


def iterate(site: int, value: Any, /) -> Any:
    """What `for … in value` goes through: each element of shared memory is a step"""
    return _elements(site, value) if is_shared(value) else value


def _elements(site: int, value: Any) -> Iterator[Any]:
    for index in range(len(value)):
        yield bytes([load(site, value, index)]) if _is_bytewise(value) else load(site, value, index)


def _is_bytewise(value: Any) -> bool:
    """Iterating over an mmap gives bytes objects of length 1 where m[i] gives a number."""
    return hasattr(value, "read_byte")


def delegate(site: int, value: Any, /) -> Any:
    """What `yield from value` goes through"""
    return iterate(site, value)


def loop(site: int, finite: bool = False, /) -> bool:
    """The head of a loop, a `for` being finite: here a program is seen to wait without getting on."""
    world = World.current
    if world is not None:
        spinning.head(world, site, finite)
    return True


def _effect() -> None:
    world = World.current
    if world is not None and world.running is not None:
        world.running.local_effects += 1


def _index(key: Any) -> str:
    if isinstance(key, slice):
        return ":".join("" if each is None else str(each) for each in (key.start, key.stop))
    return str(key)


def _part(world: World, value: Any, key: Any) -> tuple[Span, ...]:
    """The bytes that `value[key]` stands for; all of them when that is hard to tell."""
    whole = world.memory.locate(value)
    if whole is None:
        return ()
    try:
        length = len(value)
        size = (whole.high - whole.low) // length
        if isinstance(key, slice):
            start, stop, step = key.indices(length)
            if step == 1:
                return (
                    Span(
                        whole.region, whole.low + start * size, whole.low + max(start, stop) * size
                    ),
                )
            return (whole,)
        index = operator.index(key)
        index += length if index < 0 else 0
        return (Span(whole.region, whole.low + index * size, whole.low + (index + 1) * size),)
    except (TypeError, ZeroDivisionError):
        return (whole,)


def _field(world: World, value: Any, name: str) -> tuple[Span, ...]:
    """The bytes of a field of a ctypes structure."""
    whole = world.memory.locate(value)
    if whole is None:
        return ()
    place = getattr(type(value), name, None)
    offset, size = getattr(place, "offset", None), getattr(place, "size", None)
    if not isinstance(offset, int) or not isinstance(size, int) or size > 0xFFFF:
        return (whole,)
    return (Span(whole.region, whole.low + offset, whole.low + offset + size),)


HOOKS: dict[str, Any] = {
    f"__ipclab_{name}__": function
    for name, function in {
        "load": load, "store": store, "get": get, "set": set_attribute, "call": call,
        "operate": operate, "update": update, "compare": compare, "iterate": iterate,
        "delegate": delegate, "loop": loop, "slice": slice,
    }.items()
}  # fmt: skip

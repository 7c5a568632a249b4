"""Calls of what is not the learner's own: which of them touch shared memory, and how?"""

from __future__ import annotations

import ctypes
import mmap
import operator
import struct
import types
from collections.abc import Callable
from typing import Any

from .accesses import pack_into, read, write
from .events import Unmodelled
from .memory import Span
from .world import World

# They hand the view on, or look at its shape only.
_NO_STEP = {
    memoryview, len, id, type, isinstance, issubclass, callable, hasattr, ctypes.addressof,
    ctypes.sizeof, ctypes.byref, ctypes.pointer, ctypes.cast, ctypes.alignment, print,
}  # fmt: skip
_READERS = {
    bytes, bytearray, list, tuple, set, frozenset, sum, any, all, min, max, sorted, int, str,
    repr, hash, struct.unpack, int.from_bytes, dict, bool, bytes.join, format,
}  # fmt: skip
_WITHOUT_EFFECT = _READERS | _NO_STEP | {abs, divmod, range, round, struct.pack, struct.calcsize}
_LAZY = {iter, enumerate, zip, map, filter, reversed}
_QUIET_METHODS = {
    "cast", "release", "toreadonly", "tell", "seek", "size", "close", "flush", "madvise", "from_buffer",
    "frombuffer", "__enter__", "__exit__", "__len__", "append", "add",
}  # fmt: skip
_READING_METHODS = {
    "find", "rfind", "read", "readline", "read_byte", "tobytes", "tolist", "hex", "unpack", "from_bytes",
    "__getitem__", "__contains__", "from_buffer_copy", "index", "count", "startswith", "join", "copy",
    "__iter__", "__eq__", "extend", "iter_unpack", "update", "digest",
}  # fmt: skip


def perform(
    world: World,
    function: Any,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    is_shared: Callable[[object], bool],
    iterate: Callable[[int, Any], Any],
    site: int,
) -> Any:
    """Call `function`, as a step if it touches shared memory."""
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "")
    involved = [each for each in (owner, *arguments, *keywords.values()) if is_shared(each)]
    if function is mmap.mmap or (isinstance(function, type) and issubclass(function, mmap.mmap)):
        return _map(world, function, arguments, keywords)
    if not involved:
        quiet = _is_in(function, _WITHOUT_EFFECT) or getattr(function, "explorer_step", False)
        if world.running is not None and not quiet:
            world.running.local_effects += 1  # such as list.append, or next()
        return function(*arguments, **keywords)
    if isinstance(function, types.MethodType) and _is_learners(function.__func__, world):
        world.running.local_effects += 1  # type: ignore[union-attr]
        return function(*arguments, **keywords)
    if isinstance(function, types.FunctionType) and function.__module__ == "contextlib":
        return function(*arguments, **keywords)
    structure = _structure(function, owner, name, arguments)
    if structure is not None:
        return _structured(world, name, structure, arguments, keywords, owner)
    if _is_in(function, _LAZY):
        return function(*(iterate(site, each) for each in arguments), **keywords)
    return _other(world, function, name, owner, arguments, keywords, involved)


def _other(
    world: World, function: Any, name: str, owner: Any, arguments: Any, keywords: Any, involved: Any
) -> Any:
    def action() -> Any:
        return function(*arguments, **keywords)

    if isinstance(function, type) and function not in _READERS:
        # Making an object of a view: closing(memory), a class of the learner's, a ctypes array.
        return action()
    if _is_in(function, _NO_STEP) or name in _QUIET_METHODS:
        return action()
    spans = tuple(span for each in involved if (span := world.memory.locate(each)) is not None)
    if function is getattr:
        return read(world, "reads an attribute", spans, action)
    if _is_in(function, _READERS) or name in _READING_METHODS:
        return read(world, f"{name}()", spans, action)
    if name in ("write", "write_byte") and isinstance(owner, mmap.mmap):
        whole = world.memory.locate(owner)
        assert whole is not None
        start = whole.low + owner.tell()
        length = len(arguments[0]) if name == "write" else 1
        return write(world, f"{name}()", (), (Span(whole.region, start, start + length),), action)
    if name == "resize":
        raise Unmodelled("mmap.resize() is not simulated: map the object anew")
    return write(world, f"{name}()", spans, (), action, observing=True)


def _is_in(function: Any, known: set[Any]) -> bool:
    try:
        return function in known
    except TypeError:  # an unhashable callable
        return False


def _is_learners(function: Any, world: World) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename in world.filenames


def _structure(function: Any, owner: Any, name: str, arguments: tuple[Any, ...]) -> Any:
    """The struct.Struct with which memory is read or written; None for any other call."""
    if isinstance(owner, struct.Struct):
        return owner
    if function in _STRUCT_FUNCTIONS and arguments:
        return struct.Struct(arguments[0])
    return None


_STRUCT_FUNCTIONS = (struct.unpack_from, struct.pack_into)


def _structured(
    world: World, name: str, form: struct.Struct, arguments: Any, keywords: Any, owner: Any
) -> Any:
    rest = list(arguments if isinstance(owner, struct.Struct) else arguments[1:])
    if name == "pack_into":
        buffer, offset, *values = rest
        return pack_into(world, form, buffer, operator.index(offset), tuple(values))
    buffer = rest[0] if rest else keywords.get("buffer")
    whole = world.memory.locate(buffer)
    if name != "unpack_from" or whole is None:
        function = getattr(form, name)
        spans = () if whole is None else (whole,)
        return read(world, f"{name}()", spans, lambda: function(*rest, **keywords))
    offset = rest[1] if len(rest) > 1 else keywords.get("offset", 0)
    start = whole.low + offset if offset >= 0 else whole.high + offset
    span = Span(whole.region, max(0, start), max(0, start + form.size))
    action = lambda: form.unpack_from(*rest, **keywords)  # noqa: E731
    return read(world, f"unpack_from({form.format!r})", (span,), action)


def _map(world: World, function: Any, arguments: Any, keywords: Any) -> mmap.mmap:
    """A mapping that the learner makes: of an object that others map too, it is shared."""
    made: mmap.mmap = function(*arguments, **keywords)
    fd = arguments[0] if arguments else keywords.get("fileno", -1)
    flags = keywords.get("flags", arguments[2] if len(arguments) > 2 else mmap.MAP_SHARED)
    number = world.memory.of_descriptor(fd)
    if number is not None and flags & mmap.MAP_SHARED:
        world.memory.register(made, number, keywords.get("offset", 0))
    return made

"""How does a value leave the sandbox without trusting the process that made it?

Only data of exact built-in types crosses, as JSON. Nothing is unpickled outside, because
unpickling runs code of the sender's choice, and a subclass is refused because its methods
(an `__eq__` that is always true) would run in the checker.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Opaque:
    """A value that is not plain data: only its type's name and the start of its repr came out."""

    type_name: str
    text: str

    def __repr__(self) -> str:
        return f"<{self.type_name}: {self.text}>"


_REPR_LIMIT = 200  # characters
_SIZE_LIMIT = 128 << 20  # bytes; a larger value is only described
_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}


def dumps(value: object) -> bytes:
    """`value` as JSON bytes; whatever is not plain data becomes an `Opaque`."""
    try:
        data = json.dumps(_pack(value)).encode()
    except (RecursionError, ValueError, MemoryError):
        data = b""
    return data if 0 < len(data) <= _SIZE_LIMIT else json.dumps(_pack_opaque(value)).encode()


def loads(data: bytes) -> Any:
    """The value that `dumps` wrote. Raises ValueError for anything else."""
    try:
        return _unpack(json.loads(data))
    except (RecursionError, TypeError, KeyError, IndexError) as error:
        raise ValueError(f"not a value that the sandbox wrote: {error}") from None


def _pack(value: object) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (bytes, bytearray):
        return {kind.__name__: base64.b64encode(value).decode("ascii")}  # type: ignore[arg-type]
    if kind is dict:
        return {"dict": [[_pack(key), _pack(item)] for key, item in value.items()]}  # type: ignore[attr-defined]
    if kind in (list, tuple, set, frozenset):
        return {kind.__name__: [_pack(item) for item in value]}  # type: ignore[attr-defined]
    if kind is Opaque:
        return {"opaque": [value.type_name, value.text]}  # type: ignore[attr-defined]
    return _pack_opaque(value)


def _pack_opaque(value: object) -> Any:
    return {"opaque": [type(value).__name__, safe_text(repr, value)[:_REPR_LIMIT]]}


def safe_text(render: Callable[[Any], str], value: object) -> str:
    """`render(value)`, or a note that it failed: `str` and `repr` may be the learner's own code."""
    try:
        return str.__str__(render(value))
    except BaseException as error:  # a learner's __repr__ may raise anything
        return f"({render.__name__}() raised {type(error).__name__})"


def _unpack(data: Any) -> Any:
    if not isinstance(data, dict):
        if isinstance(data, list):
            raise TypeError("a bare list")
        return data
    [(kind, content)] = data.items()
    if kind in _SEQUENCES:
        return _SEQUENCES[kind]([_unpack(item) for item in content])
    if kind == "dict":
        return {_unpack(key): _unpack(item) for key, item in content}
    if kind == "opaque":
        type_name, text = content
        return Opaque(str(type_name), str(text))
    if kind == "bytes":
        return base64.b64decode(content)
    if kind == "bytearray":
        return bytearray(base64.b64decode(content))
    raise KeyError(kind)

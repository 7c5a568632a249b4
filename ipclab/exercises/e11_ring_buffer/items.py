"""Items that tell who they are: each carries its number and a check of it, and is the same everywhere."""

from __future__ import annotations

import struct
import zlib
from typing import Any

_HEAD = struct.Struct("<QQ")  # number, check
SIGNED = _HEAD.size  # bytes from which on an item tells its number
_FACTOR, _MASK = 0x9E37_79B9_7F4A_7C15, (1 << 64) - 1
_SHOWN = 20  # bytes of an item in a report


def item(number: int, size: int) -> bytes:
    """The item with this number; the first `size` bytes of it."""
    head = _HEAD.pack(number, (number + 1) * _FACTOR + size & _MASK)
    return (head + head[8:] * (size // 8))[:size]


def number_of(data: bytes) -> int | None:
    """The number of an item; None when it is not, byte for byte, one that `item` made."""
    if len(data) < SIGNED:
        return None
    number = int(_HEAD.unpack_from(data)[0])
    return number if data == item(number, len(data)) else None


def described(value: object) -> Any:
    """What `get` returned, as plain data that is short and equal for equal items only."""
    if value is None:
        return None
    if type(value) is not bytes:
        return {"odd": f"{value!r:.60} of type {type(value).__name__}"}
    return {"size": len(value), "sum": zlib.crc32(value), "begins": value[:_SHOWN].hex()}


def shown(told: Any) -> str:
    """The same for a reader."""
    if told is None:
        return "None"
    if "odd" in told:
        return str(told["odd"])
    begins = bytes.fromhex(told["begins"])
    more = f" … ({told['size']:,} bytes)" if told["size"] > len(begins) else ""
    return f"{begins!r}{more}"

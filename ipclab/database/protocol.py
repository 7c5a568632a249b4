"""Which bytes go over the socket?

A stream has no boundaries, so every message says first how long it is. All numbers are little-endian.

    request                                 answer
    | length | code | body           |      | length | code | body           |
      u32      u8     length - 1 bytes        u32      u8     length - 1 bytes

    G  get      body: key                   V  the value      body: value
    S  set      body: u32 length of the     N  no such key    empty
                key, key, value             O  done           empty
    D  delete   body: key                   T  statistics     body: JSON
    T  stats    empty                       E  error          body: a sentence, UTF-8

A client may send several requests before it reads; the answers come in the order of the requests. `length` is
at least 1 and at most LONGEST. Whoever breaks a rule gets one E and then end of file: after a wrong length
nobody knows where the next message begins. An E for a request that was understood (the store failed, say)
leaves the connection open.
"""

from __future__ import annotations

import struct

LONGEST = 4 * 1024 * 1024  # bytes of code and body: one client must not take all memory
PREFIX = struct.Struct("<IB")  # length, code
LENGTH = struct.Struct("<I")

GET, SET, DELETE, STATS = b"GSDT"
VALUE, NOTHING, DONE, STATISTICS, ERROR = b"VNOTE"


class Malformed(ValueError):
    """These bytes are no message; says why."""


def message(code: int, body: bytes = b"") -> bytes:
    """Raises ValueError for a body that is too long."""
    if len(body) >= LONGEST:
        raise ValueError(f"{len(body):,} bytes are too long for one message: {LONGEST - 1:,} fit")
    return PREFIX.pack(len(body) + 1, code) + body


def set_body(key: bytes, value: bytes) -> bytes:
    return LENGTH.pack(len(key)) + key + value


def key_and_value(body: bytes) -> tuple[bytes, bytes]:
    """What `set_body` put together. Raises Malformed."""
    if len(body) < LENGTH.size:
        raise Malformed(f"a set needs the length of its key: {len(body)} of {LENGTH.size} bytes")
    (length,) = LENGTH.unpack_from(body)
    if length > len(body) - LENGTH.size:
        raise Malformed(f"a key of {length:,} bytes in a body of {len(body):,}")
    return body[LENGTH.size : LENGTH.size + length], body[LENGTH.size + length :]


def take(received: bytearray) -> tuple[int, bytes] | None:
    """The first message, taken out of `received`; None while it is not complete. Raises Malformed."""
    if len(received) < PREFIX.size:
        return None
    length, code = PREFIX.unpack_from(received)
    if not 1 <= length <= LONGEST:
        raise Malformed(f"a message of {length:,} bytes: 1 to {LONGEST:,} are allowed")
    end = LENGTH.size + length
    if len(received) < end:
        return None
    body = bytes(received[PREFIX.size : end])
    del received[:end]
    return code, body

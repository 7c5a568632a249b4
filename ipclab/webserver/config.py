"""What a running web server can be told: the fields that its workers share, and where they lie in memory.

    0        8          12               16                    80
    | version | verbosity | max_connections | greeting, 64 bytes  |
      u64       u32         u32               filled up with NUL

Little-endian, without padding, at offset 0 of the memory that the workers map.

Read more: the section on format characters of Python's `struct`.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

CONFIG = struct.Struct("<QII64s")


class Config(NamedTuple):
    """One configuration, in the order of CONFIG's fields. It validates nothing."""

    version: int  # a higher number is newer
    verbosity: int
    max_connections: int
    greeting: bytes  # 0 to 64 bytes, not ending in NUL

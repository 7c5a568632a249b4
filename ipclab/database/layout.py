"""Which byte of the shared memory means what?

    0      header    how many groups, ways, stripes, participants; then the layout's stamp
    64     repairing one word a lock: the supervisor is giving it back
           states    one word a participant: the lock that it holds or waits for, and a count
           outside   one word a participant: the same for the one lock that is not the cache's own
           setting   one word a participant: the group in which it is setting a key, + 1; or 0
           rows      8 words a participant: its process id and counters, see COUNTERS
           versions  one word a group: even, or odd while somebody writes in the group
           tags      one byte a slot: 8 bits of the key's checksum, 1 to 255; 0 when the slot is empty
           slots     320 bytes each:  | tag: 1 | n, key, filling: 65 | n, value, filling: 254 |

A word is 8 bytes at a multiple of 8, little-endian, written by one store: nobody sees half of it. In
`states`, `outside`, `setting` and `rows` each participant writes its own part only, so these need no lock.

A key's home is slot number `crc32(key)` modulo the number of slots, the first place to look for it. It may
lie in any slot of the same group, the group's *ways*: elsewhere, its tag is looked for among all tags of the group at
once. Every group belongs to one *stripe*, the groups that share a lock. One lock more is
not the cache's own: it is for those who use the cache, such as exercise 4's functions.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from ipclab.ipc.layouts import Layout

LONGEST_KEY, LONGEST_VALUE = 64, 253  # bytes: with them a slot is five cache lines of 64
SLOT = struct.Struct(f"<B{LONGEST_KEY + 1}p{LONGEST_VALUE + 1}p")
SLOT_KEY = struct.Struct(f"<B{LONGEST_KEY + 1}p")  # how a slot begins
HEADER = Layout("dbcache", 1, groups="Q", ways="Q", stripes="Q", participants="Q")
COUNTERS = ("pid", "hits", "misses", "fills", "refused", "evictions", "requests", "closed")

_WORD = 8
_LINE = 64
_FIRST = 64  # bytes
_ROW = len(COUNTERS)


class Geometry(NamedTuple):
    """How many of each; groups, ways and stripes are powers of two, ways at least 8."""

    groups: int
    ways: int
    stripes: int
    participants: int

    @classmethod
    def for_slots(cls, slots: int, participants: int) -> Geometry:
        """At least `slots` slots, and few enough semaphores for /dev/shm to stay readable."""
        ways = 16
        groups = 1 << max(0, (slots - 1) // ways).bit_length()
        return cls(groups, ways, min(8, groups), participants)

    @property
    def slots(self) -> int:
        return self.groups * self.ways

    # Where each part begins: in words ...
    @property
    def repairing(self) -> int:
        return _FIRST // _WORD

    @property
    def states(self) -> int:
        return self.repairing + self.stripes + 1

    @property
    def outside(self) -> int:
        return self.states + self.participants

    @property
    def setting(self) -> int:
        return self.outside + self.participants

    @property
    def rows(self) -> int:
        return self.setting + self.participants

    @property
    def versions(self) -> int:
        return self.rows + self.participants * _ROW

    # ... and in bytes.
    @property
    def tags(self) -> int:
        return (self.versions + self.groups) * _WORD

    @property
    def first_slot(self) -> int:
        return -(-(self.tags + self.slots) // _LINE) * _LINE

    @property
    def size(self) -> int:
        return self.first_slot + self.slots * SLOT.size


class Words:
    """The parts of the memory that consist of words, each as a memoryview of 64-bit numbers."""

    def __init__(self, memory: object, geometry: Geometry) -> None:
        whole = memoryview(memory)[: geometry.tags]  # type: ignore[arg-type]
        words = whole.cast("Q")
        self.repairing = words[geometry.repairing : geometry.states - 1]
        self.repairing_outside = words[geometry.states - 1 : geometry.states]
        self.states = words[geometry.states : geometry.outside]
        self.outside = words[geometry.outside : geometry.setting]
        self.setting = words[geometry.setting : geometry.rows]
        self.rows = words[geometry.rows : geometry.versions]
        self.versions = words[geometry.versions :]
        self._views = [*vars(self).values(), words, whole]

    def row(self, participant: int) -> memoryview:
        return self.rows[participant * _ROW : (participant + 1) * _ROW]

    def release(self) -> None:
        """No more views: a mapping cannot be closed while there is one."""
        for view in self._views:
            view.release()

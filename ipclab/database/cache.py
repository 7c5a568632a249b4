"""How do many processes share what one of them has fetched, when each of them may be killed at any time?

Readers take no lock. Each group of slots has a version, one word. Who writes makes it odd, writes, and
makes it even again, two higher than before:

    reader                                      writer, with the group's lock
    look at the version; odd: a miss            version + 1     odd: do not read
    find the slot, copy key and value           write the slot
    the same version still? a hit               version + 2     even: whole again

What was copied while the version changed is thrown away. If a writer is killed in between, the version stays odd:
what it may have half written is never served, and the next one who gets the lock empties the group.

A *lease* keeps a slow reader from filling in what is old by now. Between its miss and its fill the value
is fetched from a slow store, without any lock. `lease` is the group's version at the miss; `put` with
this lease is refused when the version is another one by then, or somebody is setting a key of the group.

Keys over 64 bytes and values over 253 are never in here. A full group gives up its slots in turn.

Processors other than x86 may show stores in another order than they were made. There a reader takes the
lock, which also orders them.

Read more: "Scaling Memcache at Facebook" (2013), 3.2.1, leases; Linux, Documentation/locking/seqlock.rst.
"""

from __future__ import annotations

import platform
from typing import Any
from zlib import crc32

from posix_ipc import BusyError

from .layout import COUNTERS, LONGEST_KEY, LONGEST_VALUE, SLOT, SLOT_KEY, Geometry, Words
from .locks import ATTEMPT, Locks

NO_LEASE = -1  # what `lease` gives when a fill would be refused anyway
_IN_ORDER = platform.machine() in ("x86_64", "AMD64", "i686")
_SLOT = SLOT.size
_unpack, _pack, _unpack_key = SLOT.unpack_from, SLOT.pack_into, SLOT_KEY.unpack_from


class Cache:
    """The cache in `memory`, as participant number `me` uses it. For one thread."""

    def __init__(
        self, memory: Any, geometry: Geometry, words: Words, locks: Locks, me: int
    ) -> None:
        self._memory = memory
        self._words, self._versions = words, words.versions
        self._locks, self._me = locks, me
        self._slot_mask = geometry.slots - 1
        self._ways, self._way_bits = geometry.ways, geometry.ways.bit_length() - 1
        self._stripe_mask = geometry.stripes - 1
        self._first_tag, self._first_slot = geometry.tags, geometry.first_slot
        row = dict(zip(COUNTERS, words.row(me), strict=True))  # a predecessor's go on
        self.hits, self.misses, self.fills = row["hits"], row["misses"], row["fills"]
        self.refused, self.evictions = row["refused"], row["evictions"]

    def get(self, key: bytes) -> bytes | None:
        """The value of `key` if it is here; None is a miss, whatever the reason."""
        home = crc32(key) & self._slot_mask
        group, versions = home >> self._way_bits, self._versions
        if not _IN_ORDER:
            return self._get_with_lock(key, group)
        version = versions[group]
        tag, found, value = _unpack(self._memory, self._first_slot + home * _SLOT)
        if found != key or not tag:
            value = self._look_elsewhere(key, group)
        # Even, and the same as before: nobody wrote in between.
        if value is None or version & 1 or versions[group] != version:
            self.misses += 1
            return None
        self.hits += 1
        return value  # type: ignore[no-any-return]

    def _get_with_lock(self, key: bytes, group: int) -> bytes | None:
        stripe, value = group & self._stripe_mask, None
        if self._locks.acquire(stripe, patient=False):
            try:
                if not self._versions[group] & 1:
                    value = self._look_elsewhere(key, group)
            finally:
                self._locks.release(stripe)
        if value is None:
            self.misses += 1
        else:
            self.hits += 1
        return value

    def lease(self, key: bytes) -> int:
        """To be taken after a miss and before the store is asked; then `put(key, value, lease)`."""
        version = self._versions[self.group_of(key)]
        return NO_LEASE if version & 1 else version

    def put(self, key: bytes, value: bytes, lease: int | None = None) -> bool:
        """Keep `value` for `key`; with a lease only if nothing was set meanwhile. False: it is not here."""
        if len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE:
            if lease is None:
                self.discard(key)
            return False
        checksum = crc32(key)
        group = (checksum & self._slot_mask) >> self._way_bits
        # Where every nanosecond counts: Locks.acquire and release, written out.
        locks, stripe, me = self._locks, group & self._stripe_mask, self._me
        states, versions = locks.states, self._versions
        states[me] = stripe + 1
        try:
            locks.acquires[stripe](0)
        except BusyError:
            if not locks.wait(stripe, lease is None):
                return False
        try:
            version = versions[group]
            if version & 1:
                version = self._wipe(group)
            if lease is not None and (version != lease or group + 1 in self._words.setting):
                self.refused += 1
                return False
            versions[group] = version + 1
            self._write(key, value, checksum)
            versions[group] = version + 2
        finally:
            locks.releases[stripe]()
            locks.count = states[me] = locks.count + ATTEMPT
        return True

    def discard(self, key: bytes) -> None:
        """Forget `key`. A lease for it, taken before, is worth nothing any more."""
        self._change(key, None)

    def begin_set(self, key: bytes) -> int:
        """The store is about to change `key`: until `end_set` nobody has it in the cache or fills it in."""
        if len(key) > LONGEST_KEY:
            return NO_LEASE
        return self._change(key, None, setting=self.group_of(key) + 1)

    def end_set(self, key: bytes, value: bytes | None, begun: int) -> None:
        """The store has `value` now; None: it may have anything, or nothing.

        The value stays here if this was the only change in its group since `begin_set`, which returned `begun`.
        """
        if value is not None and len(value) > LONGEST_VALUE:
            value = None
        if begun != NO_LEASE:
            self._change(key, value, setting=0, begun=begun)

    def empty(self, group: int) -> bool:
        """Forget all keys of a group, also what was half written; False when its lock is not to be had soon."""
        stripe = group & self._stripe_mask
        if not self._locks.acquire(stripe, patient=False):
            return False
        try:
            self._wipe(group)
        finally:
            self._locks.release(stripe)
        return True

    def group_of(self, key: bytes) -> int:
        return (crc32(key) & self._slot_mask) >> self._way_bits

    def publish(self) -> None:
        """Put this participant's counters where `stats` of all looks."""
        row = self._words.row(self._me)
        for name in ("hits", "misses", "fills", "refused", "evictions"):
            row[COUNTERS.index(name)] = getattr(self, name)

    def _look_elsewhere(self, key: bytes, group: int) -> bytes | None:
        slot = self._slot_of(key, crc32(key) >> 24 or 1, group)
        if slot < 0:
            return None
        value: bytes = _unpack(self._memory, self._first_slot + slot * _SLOT)[2]
        return value

    def _slot_of(self, key: bytes, tag: int, group: int) -> int:
        """Where `key` is; -1 when it is not here."""
        first, tags = group * self._ways, self._tags_of(group)
        way = tags.find(tag)
        while way >= 0:
            offset = self._first_slot + (first + way) * _SLOT
            if _unpack_key(self._memory, offset)[1] == key:
                return first + way
            way = tags.find(tag, way + 1)
        return -1

    def _tags_of(self, group: int) -> bytes:
        start = self._first_tag + group * self._ways
        tags: bytes = self._memory[start : start + self._ways]
        return tags

    # With the group's lock held, and with an odd version from the first store to the last.

    def _change(
        self, key: bytes, value: bytes | None, setting: int | None = None, begun: int | None = None
    ) -> int:
        """Write or forget `key`; returns the version from now on."""
        checksum = crc32(key)
        group = (checksum & self._slot_mask) >> self._way_bits
        stripe = group & self._stripe_mask
        self._locks.acquire(stripe)
        try:
            version = self._versions[group]
            if version & 1:  # the one before was killed, or interrupted, in the middle
                version = self._wipe(group)
            self._versions[group] = version + 1
            if setting is not None:
                self._words.setting[self._me] = setting
            if value is None or version != begun or group + 1 in self._words.setting:
                self._remove(key, checksum >> 24 or 1, group)
            else:
                self._write(key, value, checksum)
            self._versions[group] = version + 2
        finally:
            self._locks.release(stripe)
        return version + 2

    def _write(self, key: bytes, value: bytes, checksum: int) -> None:
        tag, slot, memory = checksum >> 24 or 1, checksum & self._slot_mask, self._memory
        offset = self._first_slot + slot * _SLOT
        was, found = _unpack_key(memory, offset)
        if found != key or not was:
            slot = self._slot_for(key, tag, slot)
            offset = self._first_slot + slot * _SLOT
            memory[self._first_tag + slot] = tag
        _pack(memory, offset, tag, key, value)
        self.fills += 1

    def _slot_for(self, key: bytes, tag: int, home: int) -> int:
        """Where it is, else its home, else any empty slot, else the one whose turn it is to go."""
        group, way = home >> self._way_bits, home & (self._ways - 1)
        slot = self._slot_of(key, tag, group)
        if slot >= 0:
            return slot
        tags = self._tags_of(group)
        if tags[way]:
            way = tags.find(0)
        if way < 0:
            way = (self._versions[group] >> 1) & (self._ways - 1)  # each change moves on by one
            self.evictions += 1
        return group * self._ways + way

    def _remove(self, key: bytes, tag: int, group: int) -> None:
        slot = self._slot_of(key, tag, group)
        if slot >= 0:
            self._memory[self._first_tag + slot] = 0
            self._memory[self._first_slot + slot * _SLOT] = 0

    def _wipe(self, group: int) -> int:
        """Empty the group; its version is even then, and returned."""
        version = self._versions[group] | 1
        self._versions[group] = version
        first, end = group * self._ways, (group + 1) * self._ways
        self._memory[self._first_tag + first : self._first_tag + end] = bytes(self._ways)
        start, stop = self._first_slot + first * _SLOT, self._first_slot + end * _SLOT
        self._memory[start:stop] = bytes(stop - start)
        self._versions[group] = version + 1
        return version + 1

"""The cache of one participant, and of several processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial

import pytest
from served import wait_until

from ipclab.database.cache import NO_LEASE, Cache
from ipclab.database.coherent import CoherentStore
from ipclab.database.layout import LONGEST_KEY, LONGEST_VALUE, SLOT, Geometry
from ipclab.database.recovery import recover
from ipclab.database.shared_cache import SharedCache, run_of
from ipclab.database.worker import die_with


@pytest.fixture
def shared() -> Iterator[SharedCache]:
    with SharedCache.create(slots=64, participants=4) as made:
        yield made


@pytest.fixture
def cache(shared: SharedCache) -> Cache:
    return shared.as_participant(0)


class Table:
    """A store."""

    def __init__(self) -> None:
        self.content: dict[bytes, bytes] = {}
        self.asked = 0
        self.fails = False

    def get(self, key: bytes) -> bytes | None:
        self.asked += 1
        return self.content.get(key)

    def set(self, key: bytes, value: bytes) -> None:
        self.content[key] = value
        if self.fails:
            raise OSError("after the write")

    def delete(self, key: bytes) -> None:
        self.content.pop(key, None)


def test_what_was_put_is_there_until_it_is_discarded(cache: Cache) -> None:
    assert cache.get(b"k") is None
    assert cache.put(b"k", b"v")
    assert cache.get(b"k") == b"v"
    assert cache.put(b"k", b"")
    assert cache.get(b"k") == b""
    cache.discard(b"k")
    assert cache.get(b"k") is None
    assert (cache.hits, cache.misses) == (2, 2)


@pytest.mark.parametrize("size", [0, 1, LONGEST_KEY - 1, LONGEST_KEY])
def test_keys_up_to_the_limit(cache: Cache, size: int) -> None:
    assert cache.put(b"k" * size, b"v") and cache.get(b"k" * size) == b"v"
    assert cache.get(b"k" * (size + 1)) is None


def test_what_is_too_long_is_never_here(cache: Cache) -> None:
    assert not cache.put(b"k" * (LONGEST_KEY + 1), b"v")
    assert cache.put(b"k", b"v" * LONGEST_VALUE)
    assert cache.get(b"k") == b"v" * LONGEST_VALUE
    assert not cache.put(b"k", b"v" * (LONGEST_VALUE + 1)), "and the older value is gone"
    assert cache.get(b"k") is None


def test_a_lease_is_worth_nothing_after_a_set(cache: Cache) -> None:
    lease = cache.lease(b"k")
    cache.discard(b"k")
    assert not cache.put(b"k", b"old", lease)
    assert cache.put(b"k", b"new", cache.lease(b"k"))
    assert (cache.get(b"k"), cache.refused) == (b"new", 1)


def test_nobody_fills_while_somebody_sets(cache: Cache) -> None:
    begun = cache.begin_set(b"k")
    assert not cache.put(b"k", b"old", cache.lease(b"k"))
    cache.end_set(b"k", b"new", begun)
    assert cache.get(b"k") == b"new"


def test_a_fill_from_before_a_death_is_refused_after_it(shared: SharedCache) -> None:
    """The writer is killed after it has changed the store; the reader has asked the store before."""
    reader, supervisor = shared.as_participant(2), shared.as_participant(0)
    shared.as_participant(1).begin_set(b"k")
    lease = reader.lease(b"k")
    assert not reader.put(b"k", b"old", lease)
    assert recover(1, [2], shared.words, shared.locks(0), supervisor)
    assert not reader.put(b"k", b"old", lease)
    assert reader.put(b"k", b"new", reader.lease(b"k"))


def test_of_two_who_set_at_once_neither_value_stays(shared: SharedCache) -> None:
    one, two = shared.as_participant(1), shared.as_participant(2)
    for order in ((one, two), (two, one)):
        begun = {each: each.begin_set(b"k") for each in (one, two)}
        for each in order:
            each.end_set(b"k", b"mine", begun[each])
            assert one.get(b"k") is None
    assert not any(shared.words.setting)


@pytest.mark.parametrize("change", ["put", "discard", "empty"])
def test_what_was_half_written_is_never_served(change: str) -> None:
    with SharedCache.create(slots=16, participants=1) as shared:
        cache = shared.as_participant(0)
        cache.put(b"k", b"v")
        shared.words.versions[0] += 1  # its writer was killed before it made the version even
        assert cache.get(b"k") is None
        assert cache.lease(b"k") == NO_LEASE
        if change == "put":
            cache.put(b"other", b"value")
        elif change == "discard":
            cache.discard(b"other")
        else:
            cache.empty(0)
        assert not shared.words.versions[0] & 1
        assert cache.get(b"k") is None


def test_a_full_group_gives_up_its_slots_in_turn() -> None:
    with SharedCache.create(slots=16, participants=1) as shared:
        cache = shared.as_participant(0)
        keys = [b"%d" % number for number in range(48)]
        for key in keys:
            cache.put(key, key)
        assert [cache.get(key) for key in keys] == [None] * 32 + keys[32:]
        assert cache.evictions == 32


def test_keys_with_the_same_tag_in_one_group_are_told_apart() -> None:
    with SharedCache.create(slots=4096, participants=1) as shared:
        cache = shared.as_participant(0)
        keys = [b"key-%d" % number for number in range(2000)]
        for key in keys:
            cache.put(key, key[::-1])
        found = [key for key in keys if cache.get(key) is not None]
        assert all(cache.get(key) == key[::-1] for key in found)
        assert len(found) == len(keys) - cache.evictions


def test_the_store_is_asked_on_a_miss_only(cache: Cache) -> None:
    store = Table()
    pairs = CoherentStore(cache, store)
    assert pairs.get(b"k") is None
    store.content[b"k"] = b"v"
    assert (pairs.get(b"k"), pairs.get(b"k"), store.asked) == (b"v", b"v", 2)
    pairs.set(b"k", b"w")
    assert (pairs.get(b"k"), store.asked) == (b"w", 2)
    pairs.delete(b"k")
    assert pairs.get(b"k") is None


def test_after_a_set_that_raised_the_store_is_asked(cache: Cache) -> None:
    store = Table()
    pairs = CoherentStore(cache, store)
    pairs.set(b"k", b"old")
    store.fails = True
    with pytest.raises(OSError, match="after the write"):
        pairs.set(b"k", b"new")
    assert pairs.get(b"k") == b"new"


def test_others_attach_by_the_name_of_the_run() -> None:
    run = run_of("/some/where/kv.db")
    with SharedCache.create(run, slots=64, participants=2) as made:
        made.as_participant(0).put(b"k", b"v")
        with SharedCache.attach(run) as attached:
            assert attached.geometry == made.geometry
            assert attached.as_participant(1).get(b"k") == b"v"
        with pytest.raises(FileExistsError, match="created it, and runs"):
            SharedCache.create(run, slots=64, participants=2)
    with pytest.raises(FileNotFoundError):
        SharedCache.attach(run)


def test_no_word_lies_across_two(shared: SharedCache) -> None:
    for slots in (1, 16, 64, 100_000):
        geometry = Geometry.for_slots(slots, 5)
        assert geometry.slots >= slots
        assert not geometry.first_slot % 8 and not SLOT.size % 8
    assert shared.memory.layout is not None
    assert shared.memory.layout.size <= 64


@pytest.mark.parametrize("kills", [10, pytest.param(300, marks=pytest.mark.long)])
def test_readers_see_whole_values_while_others_write_and_are_killed(kills: int) -> None:
    """Values are one letter repeated: half of one and half of another would show."""
    with SharedCache.create(slots=32, participants=3) as shared:
        reader, locks = shared.as_participant(0), shared.locks(0)
        keys = [b"%d" % number for number in range(20)]
        writers = {number: _writer(shared, number, keys) for number in (1, 2)}
        try:
            for turn in range(kills):
                seen = [value for _ in range(100) for key in keys if (value := reader.get(key))]
                assert all(len(set(value)) == 1 and len(value) == 200 for value in seen)
                victim = 1 + turn % 2
                _end(writers.pop(victim))
                wait_until(partial(recover, victim, writers, shared.words, locks, reader))
                # Who is not killed goes on, and what they put can be read.
                wait_until(lambda: any(reader.get(key) for key in keys))
                writers[victim] = _writer(shared, victim, keys)
        finally:
            for pid in writers.values():
                _end(pid)
        for number in writers:
            wait_until(partial(recover, number, [], shared.words, locks, reader))
        assert [each.value for each in shared._locks] == [1] * len(shared._locks)
        assert not any(shared.words.repairing) and not any(shared.words.setting)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _writer(shared: SharedCache, number: int, keys: list[bytes]) -> int:
    """A process that puts and discards without end."""
    parent, pid = os.getpid(), os.fork()
    if pid:
        return pid
    try:
        die_with(parent)
        cache = shared.as_participant(number)
        for turn in range(1 << 40):
            key = keys[turn % len(keys)]
            cache.put(key, bytes([65 + turn % 26]) * 200)
            if turn % 7 == 0:
                cache.end_set(key, None, cache.begin_set(key))
    finally:
        os._exit(1)

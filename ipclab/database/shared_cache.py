"""Who makes the cache, and how do others find it?

One process, the supervisor, makes the memory and the semaphores, under names that follow from `run`:

    /ipclab-<uid>-<run>-cache     the memory            /ipclab-<uid>-<run>-lock0 …   one lock a stripe
                                                        /ipclab-<uid>-<run>-outside   the users' lock
                                                        /ipclab-<uid>-<run>-door      see locks.py

Its children have them from before the fork. Anybody else of this user can `attach` by the run's name.
Made from the path of the database, the name finds what a crashed server left behind, and removes it.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Callable

from ipclab.ipc.names import FOLDER, SEMAPHORE_PREFIX, new_run, object_name
from ipclab.ipc.owners import NOTE
from ipclab.ipc.semaphores import Semaphore
from ipclab.ipc.shared_memory import SharedMemory
from ipclab.ipc.stale_names import remove_if_stale

from .cache import Cache
from .layout import COUNTERS, HEADER, Geometry, Words
from .locks import Locks

SLOTS = 32_768  # 11 MB


class SharedCache:
    """The named objects of one cache. `as_participant(n)` gives what process number n works with."""

    def __init__(
        self,
        memory: SharedMemory,
        locks: list[Semaphore],
        door: Semaphore,
        geometry: Geometry,
    ) -> None:
        self.memory, self.geometry = memory, geometry
        self._locks, self._door = locks, door
        self.words = Words(memory.map, geometry)

    @classmethod
    def create(cls, run: str = "", slots: int = SLOTS, participants: int = 8) -> SharedCache:
        """Raises FileExistsError when a living process has one of this run; OSError: no room in /dev/shm."""
        run, geometry = run or new_run(), Geometry.for_slots(slots, participants)
        remove_left(run)
        with contextlib.ExitStack() as undo:
            locks = []
            for name in _lock_names(run, geometry):
                locks.append(_undone_later(undo, Semaphore.create(name, 1)))
            door = _undone_later(undo, Semaphore.create(object_name(run, "door"), 0))
            memory = SharedMemory.create(
                object_name(run, "cache"), HEADER, size=geometry.size, values=geometry._asdict()
            )
            undo.pop_all()
        return cls(memory, locks, door, geometry)

    @classmethod
    def attach(cls, run: str) -> SharedCache:
        """Raises FileNotFoundError when there is none, ValueError when it is not finished yet."""
        with contextlib.ExitStack() as undo:
            memory = SharedMemory.attach(object_name(run, "cache"), HEADER)
            undo.callback(memory.close)
            geometry = Geometry(**memory.values())
            locks = []
            for name in (*_lock_names(run, geometry), object_name(run, "door")):
                locks.append(Semaphore.attach(name))
                undo.callback(locks[-1].close)
            undo.pop_all()
        return cls(memory, locks[:-1], locks[-1], geometry)

    def locks(self, me: int, supervised: Callable[[], bool] = lambda: True) -> Locks:
        """One for each stripe."""
        kernel = [each.kernel for each in self._locks[:-1]]
        words = self.words
        return Locks(kernel, self._door.kernel, words.repairing, words.states, me, supervised)

    def outside_lock(self, me: int, supervised: Callable[[], bool] = lambda: True) -> Locks:
        """The one that is not the cache's own."""
        kernel, words = [self._locks[-1].kernel], self.words
        door, repairing = self._door.kernel, words.repairing_outside
        return Locks(kernel, door, repairing, words.outside, me, supervised)

    def as_participant(self, me: int, supervised: Callable[[], bool] = lambda: True) -> Cache:
        """No two processes may be the same participant at a time."""
        return Cache(self.memory.map, self.geometry, self.words, self.locks(me, supervised), me)

    def row(self, participant: int) -> dict[str, int]:
        return dict(zip(COUNTERS, self.words.row(participant), strict=True))

    def unlink(self) -> None:
        """Remove all names. Only the creator may."""
        self.memory.unlink()
        for each in (self._door, *self._locks):
            each.unlink()

    def close(self) -> None:
        self.words.release()
        self.memory.close()
        for each in (self._door, *self._locks):
            each.close()

    def __enter__(self) -> SharedCache:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.memory._creator == os.getpid():
            self.unlink()
        self.close()


def run_of(path: str) -> str:
    """The run's name for the database at `path`: the same with every start."""
    number, letters = zlib.crc32(os.fsencode(os.path.realpath(path))), ""
    while number:
        number, digit = divmod(number, 36)
        letters += "0123456789abcdefghijklmnopqrstuvwxyz"[digit]
    return letters or "0"


def remove_left(run: str) -> None:
    """Remove what a creator that has ended left under the run's name, however many stripes it had."""
    start = object_name(run, "x")[1:-1]
    for name in os.listdir(FOLDER):
        if name.startswith((start, SEMAPHORE_PREFIX + start)) and not name.endswith(NOTE):
            remove_if_stale(os.path.join(FOLDER, name))


def _lock_names(run: str, geometry: Geometry) -> list[str]:
    labels = [f"lock{number}" for number in range(geometry.stripes)]
    return [object_name(run, label) for label in (*labels, "outside")]


def _undone_later(undo: contextlib.ExitStack, semaphore: Semaphore) -> Semaphore:
    undo.callback(semaphore.close)
    undo.callback(semaphore.unlink)
    return semaphore

"""The tuned ring buffer: both ends in one handle, and its names."""

from __future__ import annotations

import contextlib
import os
import weakref

import posix_ipc

from ipclab.ipc.names import checked

from .consumer import Consumer
from .end import LABELS, close_all
from .members import pid_namespace
from .memory import RingMemory
from .producer import Producer
from .taught import semaphore_name

_handles: weakref.WeakSet[RingBuffer] = weakref.WeakSet()


class RingBuffer(Producer, Consumer):
    """One producer, many consumers, each item to exactly one of them. From `create` or `attach`."""

    def __init__(self, name: str, memory: RingMemory) -> None:
        super().__init__(name, memory)
        _handles.add(self)

    @classmethod
    def create(cls, name: str, capacity: int, item_size: int) -> RingBuffer:
        """Make a buffer of `capacity` items of at most `item_size` bytes. What a crash left there is replaced.

        Raises ValueError for sizes or names that are impossible, OSError when /dev/shm has no room.
        """
        _remove(checked(name))
        try:
            for label, value in LABELS.items():
                own_name = semaphore_name(name, label)
                posix_ipc.Semaphore(own_name, posix_ipc.O_CREX, 0o600, value).close()
            return cls(name, RingMemory.create(name, capacity, item_size, pid_namespace()))
        except BaseException:
            _remove(name)
            raise

    @classmethod
    def attach(cls, name: str) -> RingBuffer:
        """Use a buffer that was made.

        Raises posix_ipc.ExistentialError when there is none, ValueError when it is something else or
        not ready yet.
        """
        return cls(name, RingMemory(name))

    def close(self) -> None:
        """This process is done with the buffer."""
        if self in _handles:
            _handles.discard(self)
            self._members.leave()
            self._memory.close()
            self._fence.close()
            close_all(self._turn, self._item, self._room)

    def unlink(self) -> None:
        """Remove the names; who has the buffer open may go on."""
        _remove(self.name)

    def __enter__(self) -> RingBuffer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<RingBuffer {self.name}: {self.capacity} items of at most {self.item_size} bytes>"

    def _forked(self) -> None:
        """The process is a child now: what it puts or takes is not its parent's."""
        self._members.forked()
        self._produces = self._consumes = False


def _forked() -> None:
    for handle in list(_handles):
        handle._forked()


os.register_at_fork(after_in_child=_forked)


def _remove(name: str) -> None:
    for label in LABELS:
        with contextlib.suppress(posix_ipc.ExistentialError):
            posix_ipc.unlink_semaphore(semaphore_name(name, label))
    with contextlib.suppress(posix_ipc.ExistentialError):
        posix_ipc.unlink_shared_memory(name)

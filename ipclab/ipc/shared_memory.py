"""How do two processes get the same bytes, at the same time, without sending them?

An object in memory has a name. Each process that opens it maps it into its own address space, at an
address of its own; from then on a store by one is a load by the other, and no system call is made.

    creator                                      others
    shm_open  a new name, mode 0600, no bytes
    fallocate now it has bytes, all zero
    mmap      now they can be used               shm_open  the name
    close     the mapping stays                  fstat     are there as many bytes as we need?
    fill the fields, then the stamp              mmap, close, compare the stamp
    shm_unlink, close: the name goes at once, the bytes with the last mapping

The order matters. Who maps before there are bytes is killed by SIGBUS at the first touch, and who
looks before the fields are filled takes zeroes for values: so size and stamp are checked. And nothing
here keeps two processes from writing at the same time: see semaphores.py.

    COUNTER = Layout("counter", 1, value="Q")
    with SharedMemory.create(object_name(new_run(), "counter"), COUNTER) as memory:
        memory["value"] += 1    # a load, an addition, a store; elsewhere: SharedMemory.attach(name, COUNTER)

Read more: man 7 shm_overview, man 3 shm_open, man 3 posix_fallocate, man 2 mmap.
"""

import contextlib
import mmap
import os
from collections.abc import Mapping
from typing import Any

import posix_ipc

from . import owners
from .layouts import Field, Layout
from .names import memory_path
from .stale_names import explaining


class SharedMemory:
    """A mapping of a named object, from `create` or `attach`. Leaving `with` closes it, its creator's unlinks it."""

    def __init__(self, name: str, fd: int, size: int, layout: Layout | None, creator: int) -> None:
        self.name, self.layout = name, layout
        self.map = mmap.mmap(fd, size)  # shared; keeps a copy of the descriptor (Python 3.11, 3.12)
        self._creator = creator  # the process that may remove the name; 0: another one's
        self._unlinked = False

    @classmethod
    def create(
        cls,
        name: str,
        layout: Layout | None = None,
        *,
        size: int = 0,
        values: Mapping[str, object] | None = None,
    ) -> "SharedMemory":
        """Make a new object of `size` bytes, or as many as the layout needs. Fields begin with `values` or 0.

        Raises FileExistsError when the name is taken, and says whose it is; OSError (ENOSPC) when
        /dev/shm has no room; ValueError for a name that is not portable, or a size of 0.
        """
        path, size = memory_path(name), max(size, layout.size if layout else 0)
        filling = layout.pack(values or {}) if layout else b""
        if size < 1:
            raise ValueError(f"shared memory of {size} bytes: give a layout or a size")
        with explaining(name, path, creating=True):
            fd = posix_ipc.SharedMemory(name, posix_ipc.O_CREX, mode=0o600).fd
            try:
                owners.leave_note(path)
                os.fchmod(fd, 0o600)  # the umask was applied to the mode, whatever it is
                # ftruncate would promise bytes, and a touch without room kills the process (SIGBUS).
                os.posix_fallocate(fd, 0, size)
                memory = cls(name, fd, size, layout, os.getpid())
            except BaseException:
                owners.forget(path)
                posix_ipc.unlink_shared_memory(name)
                raise
            finally:
                os.close(fd)
        if layout:
            memory.map[: len(filling)] = filling
            memory.map[len(filling) : layout.size] = layout.stamp
        return memory

    @classmethod
    def attach(cls, name: str, layout: Layout | None = None) -> "SharedMemory":
        """Map an object that was made already.

        Raises FileNotFoundError when there is none (yet, or any more), ValueError when it is (yet) too
        small or has another layout, PermissionError when it is another user's.
        """
        path, needed = memory_path(name), layout.size if layout else 1
        with explaining(name, path, creating=False):
            fd = posix_ipc.SharedMemory(name).fd
        try:
            size = os.fstat(fd).st_size
            if size < needed:
                raise ValueError(
                    f"{name} has {size} of {needed} bytes: its creator has not got further yet, or it is "
                    "something else. A touch beyond the end would have killed this process (SIGBUS)"
                )
            memory = cls(name, fd, size, layout, creator=0)
        finally:
            os.close(fd)
        if layout and (reason := layout.mismatch(memory.map[layout.stamp_offset : layout.size])):
            memory.close()
            raise ValueError(f"{name}: {reason}")
        return memory

    @property
    def fields(self) -> dict[str, Field]:
        return self.layout.fields if self.layout else {}

    def __getitem__(self, field: str) -> Any:
        return self.fields[field].unpack(self.map[self.fields[field].place])

    def __setitem__(self, field: str, value: object) -> None:
        self.map[self.fields[field].place] = self.fields[field].pack(value)

    def values(self) -> dict[str, Any]:
        """All fields, copied one after the other: hold a lock when they must belong together."""
        return {name: self[name] for name in self.fields}

    def unlink(self) -> None:
        """Remove the name, if it is still there; mappings of the object stay. Only the creator may.

        Raises PermissionError in every other process.
        """
        owners.only_creator(self.name, self._creator)
        path = memory_path(self.name)
        if not self._unlinked and owners.is_ours(path):
            owners.forget(path)
            with contextlib.suppress(posix_ipc.ExistentialError):  # removed by hand
                posix_ipc.unlink_shared_memory(self.name)
        self._unlinked = True

    def close(self) -> None:
        """Give the mapping back. Raises BufferError while a memoryview of it is in use."""
        self.map.close()

    def __enter__(self) -> "SharedMemory":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._creator == os.getpid():
            self.unlink()
        self.close()

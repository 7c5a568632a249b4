"""Which semaphore is it that a thread sleeps on?

The kernel knows an address and no semaphore: the C library sleeps on a word of a mapped file (man 2 futex).
It makes that file under a temporary name and links it to the real one, so that the mapping of the process
that created it shows neither: the inode tells. Who took it last is written nowhere.
"""

from __future__ import annotations

import os
import struct

from .observe import Mapping
from .syscalls import Memory

_FOLDER, _PREFIX = "/dev/shm", "sem."


def in_shared_memory(mapping: Mapping) -> bool:
    """Whether what is mapped lies in /dev/shm as the run sees it."""
    try:
        return os.stat(_FOLDER).st_dev == mapping.device
    except OSError:
        return False


def is_anonymous(mapping: Mapping) -> bool:
    """Shared by fork alone: nobody outside the run can have it."""
    return mapping.path.startswith("/dev/zero")


def describe(pid: int, address: int, mapping: Mapping) -> str:
    """Its name and its value, as far as they can be found."""
    data = Memory(pid).read(address, 4)
    value = f" (its value is {struct.unpack('<I', data)[0]})" if len(data) == 4 else ""
    name = _name(mapping)
    if name:
        return f"semaphore /{name}{value}"
    if os.path.basename(mapping.path).startswith(_PREFIX):
        return f"a semaphore without a name any more{value}"
    return f"the semaphore at offset {address - mapping.start} of shared memory"


def _name(mapping: Mapping) -> str | None:
    try:
        with os.scandir(_FOLDER) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                same = (status.st_dev, status.st_ino) == (mapping.device, mapping.inode)
                if same and entry.name.startswith(_PREFIX):
                    return entry.name.removeprefix(_PREFIX)
    except OSError:  # something there went meanwhile
        return None
    return None

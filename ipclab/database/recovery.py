"""What must be put in order after a participant was killed, before another one takes its number?

    the lock that it may have held        given back, if it is lost               locks.py, repair
    a group that it half wrote            its version is odd: the next one with the lock empties it
    a key that it was setting             the group is emptied, then fills are allowed again

Read more: man 2 waitpid says who died; nothing says where.
"""

from __future__ import annotations

from collections.abc import Iterable

from .cache import Cache
from .layout import Words
from .locks import Locks


def recover(dead: int, living: Iterable[int], words: Words, locks: Locks, cache: Cache) -> bool:
    """False: not yet possible, call again soon. For the supervisor, whose `locks` and `cache` these are."""
    stripe, group = locks.left_by(dead), words.setting[dead]
    if stripe is not None and not locks.repair(stripe, living):
        return False
    if group and not cache.empty(group - 1):  # its lock is gone with another dead participant
        return False
    words.setting[dead] = words.states[dead] = 0
    return True

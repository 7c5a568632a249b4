"""What if a process is killed while it holds a lock?

A semaphore knows no holder: the kernel takes back what a dead process had open and mapped, but not the
one that it took from a semaphore. So each participant says in shared memory, in a word of its own, what it is
about to take, before it takes it; and the word stays until after it has given it back:

    states[me] = stripe + 1     acquire     ...     release     states[me] = another number than ever before

If it is killed, its word tells which lock it held, or waited for, or had just given back; which of these it
does not tell. The supervisor, which learns of every death, finds out: `repair`. A lock is lost when its
semaphore is at 0 and no living participant is between those two lines for it.

Meanwhile `repairing` calls away those who wait between these lines: they give up after PATIENCE, and wait at the
door instead, or go on without the lock if they can. So the death of one costs the others PATIENCE or little
more, for one stripe of several. Nothing is ever taken from a process that lives, even if it is stopped.

Read more: man 3 sem_wait; man 3 pthread_mutexattr_setrobust has the kernel keep such a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import posix_ipc

PATIENCE = 0.02  # seconds that a participant waits in one go
ATTEMPT = 256  # in a state, stripe + 1 takes less, and the attempts that are over are counted in steps of it
_STRIPE = ATTEMPT - 1


class Abandoned(RuntimeError):
    """A lock was lost with its holder, and there is no supervisor any more to give it back."""


class Locks:
    """One lock for each semaphore of `semaphores`, as participant number `me` takes them.

    `repairing` and `states` are words in shared memory, `door` one more semaphore, of value 0. `supervised`
    tells whether the process that calls `repair` still runs. Not for several threads.
    """

    def __init__(
        self,
        semaphores: Sequence[Any],
        door: Any,
        repairing: memoryview,
        states: memoryview,
        me: int,
        supervised: Callable[[], bool] = lambda: True,
    ) -> None:
        self._semaphores = semaphores
        self._door = door
        self._repairing = repairing
        self._supervised = supervised
        self.states, self.me, self.count = states, me, states[me] & ~_STRIPE
        self.acquires = [each.acquire for each in semaphores]
        self.releases = [each.release for each in semaphores]

    def acquire(self, stripe: int, patient: bool = True) -> bool:
        """Take the lock of `stripe`; False when it is not to be had soon, unless `patient`.

        Raises Abandoned.
        """
        self.states[self.me] = stripe + 1
        try:
            self.acquires[stripe](0)
        except posix_ipc.BusyError:
            return self.wait(stripe, patient)
        return True

    def release(self, stripe: int) -> None:
        self.releases[stripe]()
        self._leave()

    def wait(self, stripe: int, patient: bool) -> bool:
        """What is left of `acquire` when somebody else has it."""
        while not self._take_within(stripe, PATIENCE):
            if not patient:
                return False
            if not self._supervised():
                raise Abandoned(f"lock {stripe} was lost with its holder, and the supervisor ended")
            if self._repairing[stripe]:
                _taken(self._door, PATIENCE)
        return True

    def _take_within(self, stripe: int, seconds: float) -> bool:
        if not self._repairing[stripe]:
            self.states[self.me] = stripe + 1
            if _taken(self._semaphores[stripe], seconds):
                return True
        self._leave()
        return False

    def _leave(self) -> None:
        self.count += ATTEMPT
        self.states[self.me] = self.count

    def left_by(self, participant: int) -> int | None:
        """The stripe whose lock a participant may have taken along when it died."""
        stripe = self.states[participant] & _STRIPE
        return stripe - 1 if stripe else None

    def repair(self, stripe: int, living: Iterable[int]) -> bool:
        """Give the lock back if it was lost with its holder. False: not sure yet; call again soon.

        For the supervisor, which holds no lock then. `living`: the participants that run.
        """
        if not self._repairing[stripe]:
            while _taken(self._door, 0):  # left by a repair for which nobody had to wait
                pass
        self._repairing[stripe] = 1
        if self._semaphores[stripe].value == 0:
            if not self._is_lost(stripe, list(living)):
                return False
            self._semaphores[stripe].release()
        self._repairing[stripe] = 0
        for _ in self.states:
            self._door.release()
        return True

    def _is_lost(self, stripe: int, living: list[int]) -> bool:
        """Nobody was there before or after the value was 0, and nobody came in between: the words count."""
        before = [self.states[each] for each in living]
        if any(state & _STRIPE == stripe + 1 for state in before):
            return False
        value = self._semaphores[stripe].value
        return value == 0 and before == [self.states[each] for each in living]


def _taken(semaphore: Any, seconds: float) -> bool:
    try:
        semaphore.acquire(seconds)
    except posix_ipc.BusyError:
        return False
    except posix_ipc.SignalError:  # a handler ran: whoever waits asks again
        return False
    return True

"""The end of a ring buffer that takes items."""

from __future__ import annotations

from collections.abc import Iterator

import posix_ipc

from ipclab.ipc.fences import KEEPS_ORDER

from .end import SLEEP, SPINS, Deadline, End
from .members import CONSUMER, PRODUCER, PeerDied
from .memory import CONSUMERS_SLEEP, FINISHED, HEAD, HOLDER, PRODUCER_WAITS, TAIL, Lengths

_SMALL = 256  # bytes an item: below it one copy of all, and then pieces of it, is faster
_MOST = 512 * 1024  # bytes at a time: their memory is used again at once, and others wait less long
_PATIENCE = 3  # sleeps without a turn, after which a holder that has no name is given up


class Consumer(End):
    """There may be many; the one that has the turn looks at `head`, copies and counts."""

    _consumes = False

    def get(self, timeout: float | None = None) -> bytes | None:
        """The next item, waiting for it if need be; None when the producer has finished and all are taken.

        Raises TimeoutError after `timeout` seconds, PeerDied when the producer has died before it
        finished and all that it had put are taken.
        """
        if not self._consumes:
            self._consume()
        words, memory, deadline = self._words, self._memory, None
        while True:
            if words[HEAD] == words[TAIL]:
                deadline = deadline or Deadline(timeout)
                if not self._wait_for_items(deadline):
                    return None
            self._take_turn()
            try:
                head = words[HEAD]
                if head == words[TAIL]:
                    continue  # another one was faster
                if not KEEPS_ORDER:
                    self._fence()
                start, size = (
                    memory.starts[head % memory.slots],
                    memory.lengths[head % memory.slots],
                )
                first = start % memory.room + memory.base
                if first + size <= memory.limit:
                    item = memory.map[first : first + size]
                else:
                    item = memory.load(start, start + size)
                head += 1
                memory.starts[head % memory.slots] = start + size
                if not KEEPS_ORDER:
                    self._fence()
                words[HEAD] = head
            finally:  # as in _give_turn, which would cost a tenth of the time to call
                words[HOLDER] = 0
                self._turn.release()
            if words[PRODUCER_WAITS] or words[CONSUMERS_SLEEP]:
                self._tell(head)
            return item

    def get_many(self, most: int, timeout: float | None = None) -> list[bytes]:
        """From 1 to `most` items, as many as there are; [] when the producer has finished and all are taken.

        Raises as `get` does, and ValueError when `most` is below 1.
        """
        if most < 1:
            raise ValueError(f"at most {most} items: ask for 1 or more")
        if not self._consumes:
            self._consume()
        words, memory, deadline = self._words, self._memory, Deadline(timeout)
        while True:
            if words[HEAD] == words[TAIL] and not self._wait_for_items(deadline):
                return []
            self._take_turn()
            try:
                head = words[HEAD]
                count = min(words[TAIL] - head, most)
                if not count:
                    continue
                if not KEEPS_ORDER:
                    self._fence()
                start = memory.starts[head % memory.slots]
                found = Lengths(memory.lengths_of(head, count)).within(_MOST)
                small = found.total < found.count * _SMALL
                if small:  # others need not wait until the copy is cut into pieces
                    data = memory.load(start, start + found.total)
                else:
                    items = memory.load_each(start, found)
                head += found.count
                memory.starts[head % memory.slots] = start + found.total
                if not KEEPS_ORDER:
                    self._fence()
                words[HEAD] = head
            finally:
                self._give_turn()
            self._tell(head)
            return found.split(data) if small else items

    def __iter__(self) -> Iterator[bytes]:
        """Items, until the producer has finished and all are taken."""
        return iter(self.get, None)

    def _tell(self, head: int) -> None:
        """After items were taken: wake the producer if it waits for this, the next consumer if there are more."""
        words = self._words
        if 0 < words[PRODUCER_WAITS] <= head:
            words[PRODUCER_WAITS] = 0
            self._room.release()
        if words[CONSUMERS_SLEEP] and head != words[TAIL]:
            self._wake_consumer()

    def _consume(self) -> None:
        self._place = self._members.join(CONSUMER)
        self._consumes = True

    def _wait_for_items(self, deadline: Deadline) -> bool:
        """Return true when there may be an item, false when there will be none any more."""
        words = self._words
        for _ in range(SPINS):
            if words[HEAD] != words[TAIL]:
                return True
        while True:
            words[CONSUMERS_SLEEP] = 1
            self._fence()
            finished = words[FINISHED]  # before `tail`, which does not change any more after it
            if words[HEAD] != words[TAIL]:
                return True
            if finished:
                self._wake_consumer()  # who wakes the next one, and so on
                return False
            if not deadline.sleep(self._item, SLEEP):
                self._look_for_producer()

    def _look_for_producer(self) -> None:
        living, dead = self._members.find(PRODUCER)
        if not living and not dead:  # it has not put anything yet; perhaps it is one of those
            dead = [each for each in self._members.find()[1] if each.role != CONSUMER]
        if dead and not living and self._words[HEAD] == self._words[TAIL]:
            raise PeerDied(
                f"process {dead[0].pid}, which should put items, has died before it finished"
            )

    # --- The lock of the consumers --------------------------------------------------------------

    def _take_turn(self) -> None:
        try:
            self._turn.acquire(SLEEP)
        except (posix_ipc.BusyError, posix_ipc.SignalError):
            self._insist()
        self._words[HOLDER] = self._place

    def _give_turn(self) -> None:
        self._words[HOLDER] = 0
        self._turn.release()

    def _insist(self) -> None:
        """Wait for the turn, and see to it that its holder lives."""
        refused, progress = 0, self._words[HEAD]
        while True:
            if self._inherit_turn():
                return
            try:
                self._turn.acquire(SLEEP)
                return
            except posix_ipc.SignalError:
                continue
            except posix_ipc.BusyError:
                same = progress == self._words[HEAD] and not self._words[HOLDER]
                refused, progress = (refused + 1 if same else 0), self._words[HEAD]
            if refused >= _PATIENCE and (victims := self._members.find()[1]):
                raise PeerDied(f"process {victims[0].pid} died as it took its turn or gave it back")

    def _inherit_turn(self) -> bool:
        """Take the turn of a process that died with it. What it had not counted was not taken."""
        holder = self._words[HOLDER]
        if not holder or not self._members.dead(holder - 1):
            return False
        with self._members.exclusively():
            if self._words[HOLDER] != holder:
                return False  # another one was faster
            self._words[HOLDER] = self._place
            return True

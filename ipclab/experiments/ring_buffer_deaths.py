"""What do the others see when a process that uses a ring buffer is killed? Scenes of notebook 11.

Each plays in a run of its own. Whoever is killed kills itself (SIGKILL), so that the moment is certain.
"""

from __future__ import annotations

import mmap
import os
import signal
from typing import Any, NoReturn

from ipclab.experiments.ring_buffer_trials import opened
from ipclab.experiments.ring_buffer_ways import NAME
from ipclab.ipc.pipes import Pipe, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.ring_buffer import PeerDied, RingBuffer, taught

ITEMS = [b"%03d" % number for number in range(60)]
FIRST = 5  # so many the victim has taken
KINDS: dict[str, Any] = {"taught": taught.RingBuffer, "tuned": RingBuffer}


def one_consumer_of_two() -> str:
    """A consumer dies between two items; what does the other one get?"""
    with opened(RingBuffer, FIRST, 3) as ring, Pipe() as report:
        ring.put_many(ITEMS[:FIRST])
        reap(spawn(_take_and_die, report))
        survivor = spawn(_take_the_rest, report)
        ring.put_many(ITEMS[FIRST:])
        ring.finish()
        reap(survivor)
        report.write_end.close()
        taken = read_until_eof(report.read_end.fd)
    assert taken == b"".join(ITEMS), "each item was taken once"
    return f"the other consumer got the remaining {len(ITEMS) - FIRST} of {len(ITEMS)} items"


def _take_and_die(report: Pipe) -> None:
    ring = RingBuffer.attach(NAME)
    for _ in range(FIRST):
        write_all(report.write_end.fd, ring.get() or b"")
    die()


def _take_the_rest(report: Pipe) -> None:
    write_all(report.write_end.fd, b"".join(RingBuffer.attach(NAME)))


def the_last_consumer() -> str:
    """The only consumer dies; what does put say when the buffer is full?"""
    with opened(RingBuffer, 4, 3) as ring, Pipe() as report:
        ring.put_many(ITEMS[:4])
        victim = spawn(_take_and_die, report)
        put = 4
        try:
            for item in ITEMS[4:]:
                ring.put(item)
                put += 1
        except PeerDied as error:
            return f"put, after {put} items: {type(error).__name__}: {_anonymous(error, victim)}"
        finally:
            reap(victim)
    return "nothing"


def the_producer() -> str:
    """The producer dies before it has finished; what does get say when the buffer is empty?"""
    with opened(RingBuffer, 8, 3) as ring:
        victim = spawn(_put_and_die)
        taken = 0
        try:
            while ring.get():
                taken += 1
        except PeerDied as error:
            return f"get, after {taken} items: {type(error).__name__}: {_anonymous(error, victim)}"
        finally:
            reap(victim)
    return "nothing"


def _put_and_die() -> None:
    RingBuffer.attach(NAME).put_many(ITEMS[:FIRST])
    die()


def inside_get(name: str) -> list[bytes]:
    """A consumer dies with the consumers' lock in its hand, its item not yet counted. What does the next one get?"""
    kind, taken = KINDS[name], mmap.mmap(-1, mmap.PAGESIZE)
    with opened(kind, 8, 3) as ring:
        for item in ITEMS[:3]:
            ring.put(item)
        ring.finish()
        reap(spawn(_die_inside_get, kind))
        reap(spawn(_note_the_rest, kind, taken))
    return taken[:].rstrip(b"\0").splitlines()


def _note_the_rest(kind: Any, taken: mmap.mmap) -> None:
    for item in iter(kind.attach(NAME).get, None):
        taken.write(item + b"\n")


class Deadly:
    """Memory that nobody copies anything from."""

    def __getitem__(self, where: slice) -> NoReturn:
        die()


def _die_inside_get(kind: Any) -> None:
    ring = kind.attach(NAME)
    if kind is RingBuffer:
        ring._memory.map = Deadly()  # the copy is made with the lock in hand
    else:
        ring._store = die  # stores `head`
    ring.get()


def die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives SIGKILL")


def _anonymous(error: OSError, pid: int) -> str:
    """The error's words, without a number that differs from run to run."""
    return str(error.strerror).replace(f"process {pid}", "a process")

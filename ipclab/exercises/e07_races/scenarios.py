"""What happens in the sandbox when exercise 7 is checked by running it: counters, workers, a held lock."""

from __future__ import annotations

import mmap
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import posix_ipc

from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox.effort import Effort

SIZE = 64  # bytes of memory; the counter is in the first eight, the rest belongs to others
NAMES = ("/ipclab-memory", "/ipclab-lock")  # in the run's own /dev/shm
NOTE = 256  # bytes for what a worker raised
WAITING = 3  # turns of a worker that waits for the lock from its first one on
ADDED = 1000  # meanwhile, by the process that holds the lock
ENDLESS = 1 << 20  # turns, more than are ever taken: the worker is killed
TRIES = 20  # at most so often a worker without the lock is stopped
AHEAD = 1 << 40  # added then: a counter below that has lost it
LOOKS = (10, 100, 1000)  # turns after which the lock is taken from a worker in their midst
PATIENCE = 0.5  # seconds for those turns, and for the lock


class Case(NamedTuple):
    """One call: which function, what the counter holds before, how often it shall add one."""

    locked: bool
    before: int
    times: int


class Shared(NamedTuple):
    """What the workers share."""

    memory: mmap.mmap
    semaphore: posix_ipc.Semaphore
    note: mmap.mmap

    @property
    def counter(self) -> int:
        return int.from_bytes(self.memory[:8], "little")

    @property
    def rest(self) -> bytes:
        return self.memory[8:]

    @property
    def raised(self) -> str:
        """What a worker raised; "" if none did."""
        return self.note[:].rstrip(b"\0").decode(errors="replace")


@contextmanager
def _shared(before: int = 0) -> Iterator[Shared]:
    """Memory with a counter and somebody else's bytes behind it, and a semaphore with the value 1."""
    memory = posix_ipc.SharedMemory(NAMES[0], posix_ipc.O_CREX, size=SIZE)
    semaphore = posix_ipc.Semaphore(NAMES[1], posix_ipc.O_CREX, initial_value=1)
    mapping = mmap.mmap(memory.fd, SIZE)
    memory.close_fd()
    mapping[:8] = before.to_bytes(8, "little")
    mapping[8:] = os.urandom(SIZE - 8)
    try:
        yield Shared(mapping, semaphore, mmap.mmap(-1, NOTE))
    finally:
        for unlink, name in zip(
            (posix_ipc.unlink_shared_memory, posix_ipc.unlink_semaphore), NAMES, strict=True
        ):
            try:
                unlink(name)
            except posix_ipc.ExistentialError:
                pass  # the solution has unlinked it, and was told so


def call(functions: SimpleNamespace, cases: list[Case]) -> list[dict[str, Any]]:
    """Each case in one process, on new memory: what the counter, the rest and the lock are afterwards."""
    return [_call_one(functions, Case(*case)) for case in cases]


def _call_one(functions: SimpleNamespace, case: Case) -> dict[str, Any]:
    with _shared(case.before) as shared:
        rest, raised = shared.rest, None
        try:
            _increment(functions, shared, case.times, case.locked)
        except Exception as error:  # the lock matters then more than ever
            raised = f"{type(error).__name__}: {error}"[:200]
        return {"raised": raised, **_state(shared, rest)}


def _increment(functions: SimpleNamespace, shared: Shared, times: int, locked: bool) -> None:
    if locked:
        functions.increment_with_lock(shared.memory, shared.semaphore, times)
    else:
        functions.increment_without_lock(shared.memory, times)


def _state(shared: Shared, rest: bytes) -> dict[str, Any]:
    """What a call has left; -1 for the value of a semaphore that is closed."""
    try:
        value = int(shared.semaphore.value)
    except posix_ipc.Error:
        value = -1
    closed = shared.memory.closed
    return {
        "counter": None if closed else shared.counter,
        "rest": closed or shared.rest == rest,
        "lock": value,
        "named": os.path.exists(f"/dev/shm/sem.{NAMES[1][1:]}"),
    }


def compete(functions: SimpleNamespace, workers: int, times: int) -> dict[str, Any]:
    """Several processes add under the lock, released together; what came of it."""
    with _shared() as shared, Pipe() as gate:
        rest = shared.rest
        started = [spawn(_compete_one, functions, shared, gate, times) for _ in range(workers)]
        gate.write_end.close()
        statuses = [reap(pid) for pid in started]
        return {"statuses": statuses, "raised": shared.raised, **_state(shared, rest)}


def _compete_one(functions: SimpleNamespace, shared: Shared, gate: Pipe, times: int) -> None:
    gate.write_end.close()
    read_until_eof(gate.read_end.fd)
    _work(functions, shared, times, locked=True)


def _work(functions: SimpleNamespace, shared: Shared, times: int, locked: bool) -> None:
    """Count as a worker does: what it raises is noted for the report, as it ends with a number only."""
    try:
        _increment(functions, shared, times, locked)
    except Exception as error:
        text = f"{type(error).__name__}: {error}".encode(errors="replace")[:NOTE]
        shared.note[:] = text.ljust(NOTE, b"\0")
        raise


def wait_for_lock(functions: SimpleNamespace, seconds: float) -> dict[str, Any]:
    """The lock is taken while a worker wants it: what does its waiting cost, and does it wait?

    Who holds the lock adds to the counter, too: a worker that read it before it had the lock wipes that out.
    """
    with _shared() as shared:
        rest = shared.rest
        shared.semaphore.acquire()
        worker = _start(functions, shared, WAITING, locked=True)
        before = Effort.of(worker)
        ended = _ends_within(worker, seconds)
        share = before.share(Effort.of(worker))
        meanwhile = shared.counter
        shared.memory[:8] = (meanwhile + ADDED).to_bytes(8, "little")
        shared.semaphore.release()
        return {
            "status": reap(worker),
            "ended": ended,
            "share": share,
            "meanwhile": meanwhile,
            "raised": shared.raised,
            **_state(shared, rest),
        }


def _start(functions: SimpleNamespace, shared: Shared, times: int, locked: bool) -> int:
    """The pid of a worker that is about to count; it leads a process group of its own."""

    def begin() -> None:
        os.setpgid(0, 0)
        write_all(ready.write_end.fd, b"!")
        ready.write_end.close()
        _work(functions, shared, times, locked)

    with Pipe() as ready:
        worker = spawn(begin)
        ready.write_end.close()
        read_exactly(ready.read_end.fd, 1)
    return worker


def _end(worker: int) -> None:
    """With all that it has started."""
    os.killpg(worker, signal.SIGKILL)
    reap(worker)


def interrupt(functions: SimpleNamespace, seconds: float) -> dict[str, Any]:
    """The lock is taken from a worker in the midst of its turns: by how much does the counter move then?"""
    with _shared() as shared:
        worker = _start(functions, shared, ENDLESS, locked=True)
        try:
            moved = [_moved_while_held(shared, worker, turns, seconds) for turns in LOOKS]
        finally:
            _end(worker)
        return {"moved": moved}


def _moved_while_held(shared: Shared, worker: int, turns: int, seconds: float) -> int | None:
    """None if the worker never let go of the lock."""
    _let_count(shared, worker, turns)
    try:
        shared.semaphore.acquire(PATIENCE)
    except posix_ipc.BusyError:
        return None
    before = shared.counter
    _ends_within(worker, seconds)  # for as long it has the chance to go on
    moved = shared.counter - before
    shared.semaphore.release()
    return moved


def _let_count(shared: Shared, worker: int, turns: int) -> None:
    """Until it has taken so many turns, or has had time enough for them."""
    enough, deadline = shared.counter + turns, time.monotonic() + PATIENCE
    while shared.counter < enough and time.monotonic() < deadline:
        if _ends_within(worker, 0.001):
            return


def stop(functions: SimpleNamespace) -> dict[str, Any]:
    """A worker without the lock is stopped in the midst of a turn: does it keep others out, or wipe out theirs?

    {"tries": how often it was stopped, "lost": whether an update was lost at last, "kept_out": how often
    another worker could not add one meanwhile}.
    """
    with _shared() as shared:
        worker = _start(functions, shared, ENDLESS, locked=False)
        tries = kept_out = 0
        lost = False
        try:
            while tries < TRIES and not lost and kept_out < 2:
                _let_count(shared, worker, 10)
                os.killpg(worker, signal.SIGSTOP)
                os.waitid(os.P_PID, worker, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
                entered = _can_add(functions, shared)
                added = shared.counter + AHEAD
                if entered:
                    shared.memory[:8] = added.to_bytes(8, "little")
                os.killpg(worker, signal.SIGCONT)
                _let_count(shared, worker, 1)
                tries, kept_out = tries + 1, kept_out + (not entered)
                lost = entered and shared.counter < added
        finally:
            _end(worker)
        return {"tries": tries, "lost": lost, "kept_out": kept_out}


def _can_add(functions: SimpleNamespace, shared: Shared) -> bool:
    """Does another worker, without the lock, get one turn done now?"""
    worker = _start(functions, shared, 1, locked=False)
    try:
        return _ends_within(worker, 2 * PATIENCE)
    finally:
        _end(worker)


def _ends_within(pid: int, seconds: float) -> bool:
    pidfd = os.pidfd_open(pid)
    try:
        return bool(select.select([pidfd], [], [], seconds)[0])
    finally:
        os.close(pidfd)

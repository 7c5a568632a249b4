"""What goes wrong when two processes use the same bytes? By luck, and for certain.

Measurements of notebook 7: processes in, plain data out. What needs no luck is held still: a process
waits between two of its steps until another one has done all of its own. man 7 shm_overview.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import struct
from collections.abc import Callable

import posix_ipc

from ipclab.experiments.races_locks import LOCKS, SIZE, Lock, rounds, semaphore, together
from ipclab.ipc.counting import COUNTER
from ipclab.ipc.pipes import Pipe, read_exactly, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn

PAIR = struct.Struct("<QQ")  # two numbers that are meant to be equal
DONE = PAIR.size  # offset of the byte that says: the writer has ended
OLD, NEW = (int.from_bytes(bytes([byte]) * 8, "little") for byte in (0x11, 0x22))

Increment = Callable[[mmap.mmap, int], object]


def wrong_counts(
    increment: Increment, processes: list[int], increments: list[int], least: int, seconds: float
) -> tuple[int, list[tuple[bool, int, int, int]]]:
    """How often is the sum wrong? In rounds that visit each way once.

    Returns the rounds, and (pinned to one core, processes, increments each, rounds gone wrong).
    """
    cores = os.sched_getaffinity(0)
    wrong = {
        (pinned, workers, times): 0
        for pinned in (False, True)
        for workers in processes
        for times in increments
    }
    done = 0
    for _ in rounds(least, seconds):
        for pinned, workers, times in wrong:
            os.sched_setaffinity(0, {min(cores)} if pinned else cores)  # children inherit it
            with mmap.mmap(-1, SIZE) as memory:
                together(workers, increment, memory, times)
                (counter,) = COUNTER.unpack_from(memory)
            wrong[pinned, workers, times] += counter != workers * times
        done += 1
    return done, [(*way, count) for way, count in wrong.items()]


def lost_update(locked: bool) -> list[list[object]]:
    """Process A is held between its read and its write until B has done all it can meanwhile.

    Returns the steps in order: who, what, the number in hand, the counter in memory.
    """
    memory = mmap.mmap(-1, SIZE)
    with semaphore() as lock, Pipe() as go, Pipe() as reports:
        first = spawn(_held_in_the_middle, memory, lock if locked else None, go, reports)
        steps = [_next_report(reports)]
        second = spawn(_count_once, memory, lock if locked else None, reports)
        reports.write_end.close()
        # Without a lock B reads and writes; with it B can only find the lock taken.
        steps += [_next_report(reports) for _ in range(1 if locked else 2)]
        write_all(go.write_end.fd, b"x")
        rest = read_until_eof(reports.read_end.fd).splitlines()
        for pid in (first, second):
            reap(pid)
    return [*steps, *map(json.loads, rest)]


def _held_in_the_middle(
    memory: mmap.mmap, lock: posix_ipc.Semaphore | None, go: Pipe, reports: Pipe
) -> None:
    with lock or contextlib.nullcontext():
        (number,) = COUNTER.unpack_from(memory)
        _report(reports, "A", "reads", number, memory)
        read_exactly(go.read_end.fd, 1)
        memory[:8] = COUNTER.pack(number + 1)
        _report(reports, "A", "adds one, writes", number + 1, memory)


def _count_once(memory: mmap.mmap, lock: posix_ipc.Semaphore | None, reports: Pipe) -> None:
    if lock:
        try:
            lock.acquire(0)
        except posix_ipc.BusyError:
            _report(reports, "B", "finds the lock taken", None, memory)
            lock.acquire()
    try:
        (number,) = COUNTER.unpack_from(memory)
        _report(reports, "B", "reads", number, memory)
        memory[:8] = COUNTER.pack(number + 1)
        _report(reports, "B", "adds one, writes", number + 1, memory)
    finally:
        if lock:
            lock.release()


def _report(reports: Pipe, who: str, what: str, number: int | None, memory: mmap.mmap) -> None:
    line = json.dumps([who, what, number, COUNTER.unpack_from(memory)[0]])
    write_all(reports.write_end.fd, line.encode() + b"\n")


def _next_report(reports: Pipe) -> list[object]:
    line = b""
    while not line.endswith(b"\n"):
        line += read_exactly(reports.read_end.fd, 1)
    step: list[object] = json.loads(line)
    return step


def copies_while_held() -> list[bytes]:
    """What another process finds in the two fields before the writer's stores, between them, and after."""
    memory = mmap.mmap(-1, SIZE)
    memory[: PAIR.size] = PAIR.pack(OLD, OLD)
    found = [memory[: PAIR.size]]
    with Pipe() as stored, Pipe() as go:
        writer = spawn(_store_one_by_one, memory, stored, go)
        for _ in range(2):
            read_exactly(stored.read_end.fd, 1)
            found.append(memory[: PAIR.size])
            write_all(go.write_end.fd, b"x")
        reap(writer)
    return found


def _store_one_by_one(memory: mmap.mmap, stored: Pipe, go: Pipe) -> None:
    for offset in (0, 8):
        memory[offset : offset + 8] = COUNTER.pack(NEW)
        write_all(stored.write_end.fd, b"x")
        read_exactly(go.read_end.fd, 1)


def torn_copies(
    stores: int, least: int, seconds: float
) -> list[tuple[bool, str, list[tuple[int, int]]]]:
    """How often are the two numbers of a copy unequal? In rounds that visit each way once.

    Returns (pinned to one core, lock, a pair for each round: torn copies, all copies).
    """
    cores = os.sched_getaffinity(0)
    found: dict[tuple[bool, str], list[tuple[int, int]]] = {
        (pinned, name): [] for pinned in (False, True) for name in ("no lock", "semaphore")
    }
    for _ in rounds(least, seconds):
        for (pinned, name), counts in found.items():
            os.sched_setaffinity(0, {min(cores)} if pinned else cores)
            with LOCKS[name]() as lock:
                counts.append(_copy_while_written(lock or contextlib.nullcontext(), stores))
    return [(*way, counts) for way, counts in found.items()]


def _copy_while_written(lock: Lock, stores: int) -> tuple[int, int]:
    torn = copies = 0
    with Pipe() as started, mmap.mmap(-1, SIZE) as memory:
        writer = spawn(_store_pairs, memory, lock, stores, started)
        read_exactly(started.read_end.fd, 1)
        while copies == 0 or not memory[DONE]:
            with lock:
                copy = memory[: PAIR.size]
            left, right = PAIR.unpack(copy)
            torn += left != right
            copies += 1
        reap(writer)
    return torn, copies


def _store_pairs(memory: mmap.mmap, lock: Lock, stores: int, started: Pipe) -> None:
    write_all(started.write_end.fd, b"x")
    for number in range(stores):
        field = COUNTER.pack(number)
        with lock:
            memory[0:8] = field
            memory[8:16] = field
    memory[DONE] = 1

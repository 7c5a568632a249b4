"""From the wait-for graph to a name and a sentence for what went wrong."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .results import Stuck
from .waitfor import Blocked, Holder, WaitGraph

# Of one processor, over the whole wait: a busy machine gives a loop no more, and one that is
# running when we look still less.
_SPINNING, _SPINNING_NOW = 0.2, 0.03


class Cause(NamedTuple):
    """What went wrong, in a word and in a sentence."""

    diagnosis: str
    sentence: str
    left_open: tuple[Holder, ...] = ()  # ends that should have been closed


def diagnose(
    graph: WaitGraph,
    stacks: Mapping[int, tuple[str, ...]],
    proved: bool,
    cpu_shares: Mapping[int, float],
    seconds: float,
) -> Stuck:
    """Why the run did not end.

    `stacks`: the learner's frames of each process, innermost first; `cpu_shares`: the part of
    `seconds` during which each process used a processor.
    """
    spinners = [
        pid
        for pid, process in graph.processes.items()
        if cpu_shares[pid] > (_SPINNING_NOW if process.state == "running" else _SPINNING)
    ]
    sentences = [sentence + _place(stacks, pid) for pid, sentence in _sentences(graph, spinners)]
    way, cycle = graph.chain(graph.first)
    cause = _first_cause(graph, way) or Cause("hang", _plain_cause(graph, way, spinners, seconds))
    return Stuck(
        diagnosis=cause.diagnosis,
        cause=cause.sentence,
        sentences=tuple(dict.fromkeys(sentences)),
        cycle=tuple(graph.names[pid] for pid in cycle),
        left_open=tuple(
            (graph.names[holder.pid], holder.descriptor.number) for holder in cause.left_open
        ),
        proved=proved,
        spinning=bool(spinners),
    )


def _sentences(graph: WaitGraph, spinners: list[int]) -> Iterator[tuple[int, str]]:
    for pid, process in graph.processes.items():
        if pid in spinners:
            yield pid, f"{graph.names[pid]} never stops running"
        elif process.state == "stopped":
            yield pid, f"{graph.names[pid]} is stopped by a signal"
        else:
            for entry in graph.waits_of(pid):
                yield pid, entry.record.sentence(graph.names[pid])


def _place(stacks: Mapping[int, tuple[str, ...]], pid: int) -> str:
    return f" [{stacks[pid][0]}]" if stacks.get(pid) else ""


def can_be_interrupted(graph: WaitGraph) -> bool:
    """A handler is installed that a timer or another signal may call: no wait is for ever then."""
    usual = {signal.SIGINT, signal.SIGUSR2}  # Python's own handler, and the sandbox's for stacks
    return any(
        process.catches(number)
        for process in graph.processes.values()
        for number in range(1, 32)
        if number not in usual
    )


def _first_cause(graph: WaitGraph, way: list[int]) -> Cause | None:
    """Follow who waits for whom from the first process; the first pattern with a name decides."""
    for pid in way:
        for entry in graph.waits_of(pid):
            found = (
                _wait_before_read(graph, entry)
                or _read_for_ever(graph, entry)
                or _write_for_ever(graph, entry)
            )
            if found:
                return found
    return _full_while_busy(graph) or _semaphore_for_ever(graph, way)


def _wait_before_read(graph: WaitGraph, entry: Blocked) -> Cause | None:
    """The parent waits for its child to end; the child waits for the parent to read."""
    waiter = entry.process.pid
    for child in entry.release.awaited:
        for other in graph.waits_of(child):
            if other.wait.writes and waiter in other.release.releasers:
                return _unread(graph, waiter, child, "waits for the end of")
    return None


def _semaphore_for_ever(graph: WaitGraph, way: list[int]) -> Cause | None:
    """A semaphore that only those can post who wait themselves.

    Who took it last, the kernel does not know: what holds in all cases is said, and no guess is made.
    """
    for pid in way:
        for entry in graph.waits_of(pid):
            if entry.record.wants != "semaphore" or pid in graph.alive:
                continue
            who = graph.names[pid]
            others = sorted(entry.release.releasers - {pid})
            possible = [
                f"{graph.names[other]} holds it, and cannot go on either" for other in others
            ]
            possible += [
                f"{who} holds it itself",
                *(f"{name} ended holding it" for name in graph.ended),
            ]
            possible.append("the post it waits for was never made")
            words = f"{who} waits for a semaphore that nobody is left to post. Either {', or '.join(possible)}."
            return Cause("hang", words)
    return None


def _full_while_busy(graph: WaitGraph) -> Cause | None:
    """The first process does something else, again and again, while a writer waits for it to read."""
    for entry in graph.blocked:
        if (
            entry.wait.writes
            and entry.process.pid != graph.first
            and entry.release.releasers == {graph.first}
        ):
            if any(wait.wait.reads for wait in graph.waits_of(graph.first)):
                return _full_deadlock(graph, graph.first, entry.process.pid)
            if any(
                wait.wait.writes and entry.process.pid in wait.release.releasers
                for wait in graph.waits_of(graph.first)
            ):
                return _both_write(graph, graph.first, entry.process.pid)
            return _unread(graph, graph.first, entry.process.pid, "does not read what comes from")
    return None


def _unread(graph: WaitGraph, waiter: int, child: int, does: str) -> Cause:
    names = graph.names[waiter], graph.names[child]
    return Cause(
        "wait-before-read",
        f"Deadlock: {names[0]} {does} {names[1]}, "
        f"which cannot end before {names[0]} reads what it has written.",
    )


def _read_for_ever(graph: WaitGraph, entry: Blocked) -> Cause | None:
    if not entry.wait.reads or entry.wait.timed:
        return None
    reader, deadlock = entry.process.pid, None
    for holder in _ends(graph, entry, writing=True):
        if holder.pid == reader:
            return _left_open(graph, entry, holder)
        for other in graph.waits_of(holder.pid):
            if other.wait.writes and reader in other.release.releasers:
                deadlock = deadlock or _full_deadlock(graph, reader, holder.pid)
            elif other.release.awaited and reader in other.release.releasers:
                return _left_open(graph, entry, holder)
    return deadlock


def _ends(graph: WaitGraph, entry: Blocked, writing: bool) -> list[Holder]:
    """Who holds the write (or read) ends of the pipes that this thread is blocked on."""
    found = []
    for number in entry.record.descriptors:
        descriptor = entry.process.descriptor(number)
        if descriptor is not None and descriptor.is_pipe:
            found += graph.holders(descriptor.inode, writing)
    return found


def _left_open(graph: WaitGraph, entry: Blocked, holder: Holder) -> Cause:
    reader, owner = graph.names[entry.process.pid], graph.names[holder.pid]
    return Cause(
        "write-end-left-open",
        f"{reader} waits for bytes or end of file, and neither can come: "
        f"{'it' if reader == owner else owner} still holds a write end of the pipe (fd {holder.descriptor.number}).",
        (holder,),
    )


def _full_deadlock(graph: WaitGraph, reader: int, writer: int) -> Cause:
    names = graph.names[reader], graph.names[writer]
    return Cause(
        "pipe-full-deadlock",
        f"Deadlock: {names[0]} reads one pipe while {names[1]} waits for room in another,"
        f" which only {names[0]} could make.",
    )


def _both_write(graph: WaitGraph, one: int, other: int) -> Cause:
    return Cause(
        "pipe-full-deadlock",
        f"Deadlock: {graph.names[one]} and {graph.names[other]} both wait for room in a pipe that"
        " only the other one reads.",
    )


def _write_for_ever(graph: WaitGraph, entry: Blocked) -> Cause | None:
    if not entry.wait.writes or entry.wait.timed:
        return None
    writer = graph.names[entry.process.pid]
    if entry.release.releasers == {entry.process.pid}:
        if entry.process.pid == graph.first:
            return Cause("hang", f"{writer} writes into a full pipe that nobody reads.")
        return Cause(
            "read-end-left-open",
            f"{writer} writes into a full pipe that nobody else reads; it never learns so, "
            "because it holds a read end of the pipe itself.",
            tuple(_ends(graph, entry, writing=False)),
        )
    return None


def _plain_cause(graph: WaitGraph, way: list[int], spinners: list[int], seconds: float) -> str:
    for pid in way:
        if pid in spinners:
            return f"After {seconds:.0f} s {graph.names[pid]} was still running in a loop."
    if graph.stuck:
        return f"{graph.names[way[0]]} can never go on."
    return f"After {seconds:.0f} s the run had not ended; {graph.names.get(way[-1], 'parent')} was waiting."

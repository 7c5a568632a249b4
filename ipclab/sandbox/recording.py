"""From what strace wrote to the calls of a run: cut, sorted by process, without the interpreter's own."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .events import CALL_BEGINS, CALL_ENDS
from .observe import OWN_DESCRIPTORS
from .strace import Output, SystemCall
from .trace import Call, Moment, Trace
from .waits import Story

MOST_CALLS = 5000  # what a table or a figure can use, and more than that
MOST_LINES = 20_000  # of strace, that are read for them
CUT_SHORT = "strace ended before the run did: the rest of the system calls is missing"
_OPENING = frozenset({"open", "openat", "creat"})
_QUIET_FOLDERS = tuple(
    folder.rstrip("/") + "/"
    for folder in (
        *("/proc", "/sys", "/etc", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share"),
        *{sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)},
    )
    if folder not in ("/", "/usr")
)
_QUIET_FILES = (".py", ".pyc", ".pth", ".so", ".cfg", "/urandom")


def forks(output: Output) -> dict[int, int]:
    """Which process forked which: child -> parent."""
    owner = _owners(output)
    return {
        call.value: owner.get(call.tid, call.tid)
        for call in output.calls
        if call.name in ("fork", "vfork", "clone", "clone3")
        and (call.value or 0) > 0
        and call.value is not None
        and not _makes_thread(call)
    }


def trace_of(
    output: Output, first: int, names: Mapping[int, str], was_cut: bool, stopped: float
) -> Trace:
    """What the function did between its call and its return, and all that its children did.

    `was_cut`: strace ended without being asked to; it has seen all if it saw the first process's end.
    `stopped`: when it was asked, in seconds since the epoch.
    """
    begin, end = _bounds(output, first)
    cut_short = was_cut and end is None and all(ended.tid != first for ended in output.ends)
    if begin is None:
        return Trace((), problem=CUT_SHORT if cut_short else None)
    owner = _owners(output)
    threads = _thread_numbers(output, owner)
    within = [
        call
        for call in _joined(output)
        if call.start > begin
        and (end is None or owner.get(call.tid, call.tid) != first or call.start < end)
    ]
    kept = list(_of_interest(within, owner))
    story = Story(
        [_call(call, target, begin, owner, names, threads) for call, target in kept[:MOST_CALLS]],
        [(call.begun, call.ended) for call, _ in kept[:MOST_CALLS]],
        {ended.tid: ended.line for ended in output.ends},
        stopped - begin,
    )
    moments = _moments(output, first, begin, end, owner, names)
    problem = CUT_SHORT if cut_short else None
    return Trace(story.explained(), moments, problem, len(kept) > MOST_CALLS)


def _joined(output: Output) -> list[SystemCall]:
    """The calls; one that goes on after a signal that nobody handles counts as one (man 7 signal)."""
    handled = [(s.tid, s.at) for s in output.signals if s.name != "SIGCHLD"]
    joined: list[SystemCall] = []
    latest: dict[int, int] = {}  # thread id -> the place of its latest call
    for call in output.calls:
        place = latest.get(call.tid)
        before = None if place is None else joined[place]
        if (
            place is not None
            and before is not None
            and (before.errno or "").startswith("ERESTART")
            and call.name in (before.name, "restart_syscall")
            and not any(tid == call.tid and before.start < at < call.start for tid, at in handled)
        ):
            duration = None if call.duration is None else call.start + call.duration - before.start
            joined[place] = replace(
                call if call.name == before.name else before,
                start=before.start,
                result=call.result,
                duration=duration,
                begun=before.begun,
                ended=call.ended,
            )
        else:
            latest[call.tid] = len(joined)
            joined.append(call)
    return joined


def _bounds(output: Output, first: int) -> tuple[float | None, float | None]:
    """When the function was called and when it returned: the first process leaves a mark at both."""
    marks: dict[str, float] = {}
    for call in output.calls:
        if call.tid == first and call.name == "write" and _is_ours(call):
            for mark in (CALL_BEGINS, CALL_ENDS):
                if f"\\t{mark}\\t" in call.arguments[1]:
                    marks.setdefault(mark, call.start)
    return marks.get(CALL_BEGINS), marks.get(CALL_ENDS)


def _owners(output: Output) -> dict[int, int]:
    """Thread id -> process id, of those threads that are not their process's first."""
    owner: dict[int, int] = {}
    for call in output.calls:
        if call.name in ("clone", "clone3") and _makes_thread(call) and call.value:
            owner[call.value] = owner.get(call.tid, call.tid)
    return owner


def _makes_thread(call: SystemCall) -> bool:
    return any("CLONE_THREAD" in argument for argument in call.arguments)


def _thread_numbers(output: Output, owner: Mapping[int, int]) -> dict[int, int]:
    """1, 2, … for the threads of each process that has several."""
    members: dict[int, list[int]] = {}
    for tid, pid in owner.items():
        members.setdefault(pid, [pid]).append(tid)
    return {tid: number for tids in members.values() for number, tid in enumerate(tids, 1)}


def _call(
    call: SystemCall,
    target: str,
    begin: float,
    owner: Mapping[int, int],
    names: Mapping[int, str],
    threads: Mapping[int, int],
) -> Call:
    pid = owner.get(call.tid, call.tid)
    errno, value = call.errno, call.value
    return Call(
        process=names.get(pid, f"process {pid}"),
        pid=pid,
        name=call.name,
        arguments=call.arguments,
        result=None if call.result[:1] in ("", "?") else value,
        errno=errno,
        start=round(call.start - begin, 6),
        duration=call.duration,
        target=target,
        thread=threads.get(call.tid),
    )


def _moments(
    output: Output,
    first: int,
    begin: float,
    end: float | None,
    owner: Mapping[int, int],
    names: Mapping[int, str],
) -> tuple[Moment, ...]:
    found = [(signal.at, signal.tid, signal.name) for signal in output.signals]
    found += [(ended.at, ended.tid, ended.how) for ended in output.ends if ended.tid not in owner]
    return tuple(
        Moment(names.get(pid, f"process {pid}"), what, round(at - begin, 6))
        for at, tid, what in sorted(found)
        if at > begin and ((pid := owner.get(tid, tid)) != first or end is None or at < end)
    )


@dataclass
class _Memory:
    """The shared mappings of one process, by address."""

    mapped: dict[int, tuple[int, str]] = field(default_factory=dict)  # start -> (end, file)

    def at(self, address: int) -> str | None:
        return next(
            (file for start, (end, file) in self.mapped.items() if start <= address < end), None
        )


def _of_interest(
    calls: Iterable[SystemCall], owner: Mapping[int, int]
) -> Iterator[tuple[SystemCall, str]]:
    """The calls that have to do with IPC, each with what it was about."""
    memories: dict[int, _Memory] = {}
    folders: set[str] = set()  # that were opened to look for modules
    named: dict[str, str] = {}  # glibc makes a semaphore under a temporary name and links it
    for call in calls:
        pid = owner.get(call.tid, call.tid)
        memory = memories.setdefault(pid, _Memory())
        target = _target(call, memory)
        if (
            call.name in ("clone", "clone3", "fork", "vfork")
            and call.value
            and not _makes_thread(call)
        ):
            memories[call.value] = _Memory(dict(memory.mapped))
        elif call.name == "mmap":
            if target is None or call.value is None or call.errno:
                continue
            memory.mapped[call.value] = (call.value + _number(call.arguments[1]), target)
        elif call.name == "munmap":
            memory.mapped.pop(_number(call.arguments[0]), None)
        elif call.name in ("link", "linkat") and call.result == "0":
            paths = [argument[1:-1] for argument in call.arguments if argument.startswith('"')]
            named[paths[0]] = paths[-1]
        elif call.name.startswith("execve") and call.result == "0":
            memory.mapped.clear()
        if target is None or _is_ours(call):
            continue
        if "O_DIRECTORY" in " ".join(call.arguments):
            folders.add(target)
        if target not in folders and not _is_quiet(call, target):
            yield call, named.get(target, target)


def _target(call: SystemCall, memory: _Memory) -> str | None:
    """What a call is about; None: nothing that matters here."""
    arguments, descriptors = call.arguments, [d for d in call.descriptors if d.number != -100]
    if call.name in ("mmap", "munmap", "futex"):
        return _target_in_memory(call, memory)
    if call.name == "ioctl" and "FIONREAD" not in arguments:
        return None
    if call.name in _OPENING or "link" in call.name or call.name.startswith(("mknod", "rename")):
        return descriptors[0].target if call.name in _OPENING and descriptors else _path(call)
    return descriptors[0].target if descriptors else ""


def _target_in_memory(call: SystemCall, memory: _Memory) -> str | None:
    if call.name == "mmap":
        if "MAP_SHARED" not in call.arguments[3]:
            return None
        return call.descriptors[0].target if call.descriptors else "shared memory"
    if call.name == "futex" and "PRIVATE" in call.arguments[1]:
        return None
    return memory.at(_number(call.arguments[0]))


def _path(call: SystemCall) -> str:
    """The path among the arguments, made absolute where strace tells the folder."""
    path = next((argument for argument in call.arguments if argument.startswith('"')), '""')[1:-1]
    folder = next((d.target for d in call.descriptors if d.number == -100), "")
    return path if path.startswith("/") or not folder else os.path.join(folder, path)


def _is_ours(call: SystemCall) -> bool:
    """It is about a descriptor of the sandbox."""
    first = call.arguments[0] if call.arguments else ""
    return (
        first.isdecimal()
        and int(first) >= OWN_DESCRIPTORS
        and call.name not in ("kill", "pidfd_open")
    )


def _is_quiet(call: SystemCall, target: str) -> bool:
    """It belongs to how programs are loaded, not to what they do."""
    if call.name.startswith("execve"):
        return False
    if target.endswith(_QUIET_FILES) or re.search(r"\.so\.[\d.]+$", target):
        return True
    return (target + "/").startswith(_QUIET_FOLDERS) or target == "/proc"


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return 0

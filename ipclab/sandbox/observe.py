"""What does /proc say about the processes of a run, at this moment?

Reading /proc disturbs nobody: no process is stopped, no signal is sent. Two observations with the
same fingerprint prove that nothing ran in between, because every thread's count of context switches
is part of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass

from .results import Descriptor
from .syscalls import NAMES, Memory, Wait, decode

STATES = {
    "R": "running",
    "S": "sleeping",
    "D": "sleeping",
    "T": "stopped",
    "t": "running",  # held for a moment by strace, which lets it go on
    "Z": "zombie",
    "X": "ended",
}
_ACCESS = {os.O_RDONLY: "read", os.O_WRONLY: "write", os.O_RDWR: "read and write"}
OWN_DESCRIPTORS = 1000  # from here on they are the sandbox's own: never shown
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Thread:
    """One thread: its state, how often it was switched, and what it waits for when it sleeps."""

    tid: int
    state: str
    switches: int
    wait: Wait | None  # None: not asleep in a system call that we can read


@dataclass(frozen=True)
class Mapping:
    """A file that is mapped into a process's memory."""

    start: int
    end: int
    device: int
    inode: int
    path: str


@dataclass(frozen=True)
class Observed:
    """One process as /proc shows it."""

    pid: int
    parent: int
    command: str
    state: str
    caught: int  # bit n-1: signal n has a handler
    cpu_seconds: float
    threads: tuple[Thread, ...]
    descriptors: tuple[Descriptor, ...]

    def descriptor(self, number: int) -> Descriptor | None:
        return next((entry for entry in self.descriptors if entry.number == number), None)

    def catches(self, signal_number: int) -> bool:
        return bool(self.caught >> (signal_number - 1) & 1)


def read_text(path: str) -> str:
    """The contents of a file in /proc; "" when the process has gone or may not be looked at."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(1 << 16).decode(errors="backslashreplace")
    except OSError:
        return ""


def numbers_in(folder: str) -> list[int]:
    """The numeric entries of a /proc folder, in order; none when it has gone."""
    try:
        return sorted(int(name) for name in os.listdir(folder) if name.isdigit())
    except OSError:
        return []


def children_of(pid: int) -> list[int]:
    """Direct children, of any thread, zombies included."""
    found: list[int] = []
    for tid in numbers_in(f"/proc/{pid}/task"):
        found += map(int, read_text(f"/proc/{pid}/task/{tid}/children").split())
    return found


def descendants_of(pid: int) -> list[int]:
    """Children, their children, and so on."""
    found, todo = [], children_of(pid)
    while todo:
        found.append(todo.pop())
        todo += children_of(found[-1])
    return found


def observe(pids: Iterable[int]) -> dict[int, Observed]:
    """The processes `pids`, without those that have gone meanwhile."""
    found = (observe_process(pid) for pid in pids)
    return {process.pid: process for process in found if process is not None}


def observe_process(pid: int) -> Observed | None:
    status = _status(f"/proc/{pid}/status")
    if not status:
        return None
    threads = tuple(_observe_thread(pid, tid) for tid in numbers_in(f"/proc/{pid}/task"))
    return Observed(
        pid=pid,
        parent=int(status["PPid"]),
        command=command_of(pid) or status["Name"],
        state=STATES.get(status["State"][0], "sleeping"),
        caught=int(status.get("SigCgt", "0"), 16),
        cpu_seconds=cpu_seconds(pid),
        threads=threads,
        descriptors=descriptors_of(pid),
    )


def command_of(pid: int) -> str:
    return read_text(f"/proc/{pid}/cmdline").replace("\0", " ").strip()


def fingerprint(pids: Iterable[int]) -> tuple[object, ...] | None:
    """What would have changed if any of these processes had run. None: one is running just now."""
    found: list[object] = []
    for pid in pids:
        for tid in numbers_in(f"/proc/{pid}/task"):
            task = f"/proc/{pid}/task/{tid}"
            call = read_text(f"{task}/syscall")
            status = _status(f"{task}/status")
            if call.startswith("running") or not status or status["State"][0] == "R":
                return None
            found.append((pid, tid, call, status["State"], _switches(status)))
    return tuple(found)


def resident_bytes(pid: int) -> int:
    fields = read_text(f"/proc/{pid}/statm").split()
    return int(fields[1]) * 4096 if len(fields) > 1 else 0


def share_of_memory(pid: int) -> int:
    """Resident bytes, those that several processes share divided among them (man 5 proc_pid_smaps)."""
    for line in read_text(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def is_held(pid: int) -> bool:
    """Whether a tracer holds this process at the moment."""
    return read_text(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1] == ["t"]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its reaped children not counted."""
    fields = read_text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS if len(fields) > 12 else 0.0


def descriptors_of(pid: int) -> tuple[Descriptor, ...]:
    """The descriptor table of a process: what each entry refers to and how it was opened."""
    numbers = (number for number in numbers_in(f"/proc/{pid}/fd") if number < OWN_DESCRIPTORS)
    found = (_descriptor(pid, number) for number in numbers)
    return tuple(entry for entry in found if entry is not None)


def mappings_of(pid: int) -> list[Mapping]:
    """Files mapped into a process (man 5 proc_pid_maps)."""
    found = []
    for line in read_maps(pid):
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[4] != "0":
            start, end = (int(part, 16) for part in fields[0].split("-"))
            device = os.makedev(*(int(part, 16) for part in fields[3].split(":")))
            found.append(Mapping(start, end, device, int(fields[4]), fields[5]))
    return found


def read_maps(pid: int) -> list[str]:
    try:
        with open(f"/proc/{pid}/maps") as file:
            return file.read().splitlines()
    except OSError:
        return []


def _descriptor(pid: int, number: int) -> Descriptor | None:
    path = f"/proc/{pid}/fd/{number}"
    try:
        target, details = os.readlink(path), os.stat(path)
    except OSError:
        return None
    flags = 0
    for line in read_text(f"/proc/{pid}/fdinfo/{number}").splitlines():
        if line.startswith("flags:"):
            flags = int(line.split()[1], 8)
    access = _ACCESS.get(flags & os.O_ACCMODE, "read")
    return Descriptor(number, target, details.st_ino, access, stat.S_ISFIFO(details.st_mode))


def _observe_thread(pid: int, tid: int) -> Thread:
    task = f"/proc/{pid}/task/{tid}"
    status = _status(f"{task}/status")
    state = STATES.get(status.get("State", "X")[0], "sleeping")
    fields = read_text(f"{task}/syscall").split()
    wait = None
    if state == "sleeping" and len(fields) >= 7:
        name = NAMES.get(int(fields[0]))
        arguments = tuple(int(field, 16) for field in fields[1:7])
        wait = decode(name, arguments, Memory(pid)) if name else None
    return Thread(tid, state, _switches(status), wait)


def _status(path: str) -> dict[str, str]:
    lines = (line.partition(":") for line in read_text(path).splitlines())
    return {key: value.strip() for key, _, value in lines}


def _switches(status: dict[str, str]) -> int:
    return int(status.get("voluntary_ctxt_switches", 0)) + int(
        status.get("nonvoluntary_ctxt_switches", 0)
    )

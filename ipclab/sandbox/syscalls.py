"""In which system call does a thread sleep, and what does it want?

/proc/PID/task/TID/syscall gives the call's number and six arguments in hexadecimal (man 5 proc_pid_syscall).
The numbers differ between machines, the meaning of the arguments does not.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

_X86_64 = {
    0: "read", 1: "write", 2: "open", 7: "poll", 17: "pread64", 18: "pwrite64", 19: "readv", 20: "writev",
    23: "select", 34: "pause", 35: "nanosleep", 61: "wait4", 72: "fcntl", 73: "flock", 128: "rt_sigtimedwait",
    130: "rt_sigsuspend", 202: "futex", 219: "restart_syscall", 230: "clock_nanosleep", 232: "epoll_wait",
    247: "waitid", 257: "openat", 270: "pselect6", 271: "ppoll", 275: "splice", 276: "tee", 281: "epoll_pwait",
    441: "epoll_pwait2",
}  # fmt: skip
_AARCH64 = {
    63: "read", 64: "write", 67: "pread64", 68: "pwrite64", 65: "readv", 66: "writev", 101: "nanosleep",
    260: "wait4", 25: "fcntl", 32: "flock", 137: "rt_sigtimedwait", 133: "rt_sigsuspend", 98: "futex",
    128: "restart_syscall", 115: "clock_nanosleep", 95: "waitid", 56: "openat", 72: "pselect6", 73: "ppoll",
    76: "splice", 77: "tee", 22: "epoll_pwait", 441: "epoll_pwait2",
}  # fmt: skip
NAMES = {"x86_64": _X86_64, "aarch64": _AARCH64}.get(os.uname().machine, {})

READING = frozenset({"read", "readv"})
WRITING = frozenset({"write", "writev"})
_TIMED = frozenset({"nanosleep", "clock_nanosleep", "restart_syscall"})
_POLL_READ, _POLL_WRITE = 0x1, 0x4
_P_PID, _P_PIDFD = 1, 3
_FUTEX_WAIT_OPERATIONS = (
    0,
    9,
)  # FUTEX_WAIT, FUTEX_WAIT_BITSET, without the private and clock flags
_F_SETLKW, _F_OFD_SETLKW = 7, 38


@dataclass(frozen=True)
class Wait:
    """What a sleeping thread wants. Nothing in it: a wait that we cannot read."""

    call: str  # as a learner would write it: "read(5)"
    reads: tuple[int, ...] = ()  # descriptors from which it wants bytes (any of them will do)
    writes: tuple[int, ...] = ()  # descriptors into which it wants to put some
    child: int | None = None  # the process whose end it wants; 0: any child's
    futex: int | None = None  # the address of the word that must change
    fifo: str | None = None  # the path whose other end must be opened
    signal: bool = False  # any signal will do
    lock: int | None = None  # the descriptor of a file that is locked
    timed: bool = False  # it ends by itself


def decode(name: str, arguments: tuple[int, ...], memory: Memory) -> Wait:
    """The wait of a thread that sleeps in system call `name`."""
    first, second, third, fourth = arguments[:4]
    if name in READING:
        return Wait(f"{name}({first})", reads=(first,))
    if name in WRITING:
        return Wait(f"{name}({first})", writes=(first,))
    if name in ("splice", "tee"):
        target = third if name == "splice" else second
        return Wait(f"{name}({first}, {target})", reads=(first,), writes=(target,))
    if name in ("poll", "ppoll", "select", "pselect6") or name.startswith("epoll"):
        return _decode_polling(name, arguments, memory)
    if name == "wait4":
        child = _signed(first)
        return Wait("waitpid(-1)" if child < 0 else f"waitpid({child})", child=max(child, 0))
    if name == "waitid":
        return _decode_waitid(first, second, memory)
    if name == "futex":
        if second & 0x7F in _FUTEX_WAIT_OPERATIONS:
            return Wait("futex", futex=first, timed=fourth != 0)
        return Wait("futex")
    if name in ("open", "openat"):
        path = memory.text(first if name == "open" else second)
        return Wait(f"open({path!r})", fifo=path)
    if name == "flock" or (name == "fcntl" and second in (_F_SETLKW, _F_OFD_SETLKW)):
        return Wait(f"{name}({first})", lock=first)
    if name in ("pause", "rt_sigsuspend", "rt_sigtimedwait"):
        return Wait(
            "pause" if name == "pause" else "sigwait",
            signal=True,
            timed=name == "rt_sigtimedwait" and third != 0,
        )
    return Wait("sleep" if name in _TIMED else name, timed=name in _TIMED)


def _decode_polling(name: str, arguments: tuple[int, ...], memory: Memory) -> Wait:
    first, second, third, fourth, fifth = arguments[:5]
    if name.startswith("epoll"):
        reads, writes = memory.epoll_interest(first)
        timed = fourth != 0 if name == "epoll_pwait2" else _signed(fourth) >= 0
        return Wait(f"epoll_wait({first})", reads, writes, timed=timed)
    if name in ("poll", "ppoll"):
        reads, writes = memory.poll_interest(first, second)
        timed = _signed(third) >= 0 if name == "poll" else third != 0
        return Wait(f"poll({_numbers(reads + writes)})", reads, writes, timed=timed)
    reads, writes = memory.bits(second, first), memory.bits(third, first)
    return Wait(f"select({_numbers(reads + writes)})", reads, writes, timed=fifth != 0)


def _decode_waitid(kind: int, which: int, memory: Memory) -> Wait:
    if kind == _P_PID:
        return Wait(f"waitid({which})", child=which)
    if kind == _P_PIDFD:
        return Wait(f"waitid(pidfd {which})", child=memory.pid_of(which))
    return Wait("waitid(any child)", child=0)


def _numbers(descriptors: tuple[int, ...]) -> str:
    return ", ".join(map(str, descriptors))


def _signed(argument: int) -> int:
    """A C int that arrived in a 64-bit register."""
    low = argument & 0xFFFFFFFF
    return low - (1 << 32) if low >= 1 << 31 else low


class Memory:
    """The memory and descriptor details of a sleeping process, as far as its waits point to them."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes at `address`; b"" where that is not allowed or not mapped."""
        if not address:
            return b""
        try:
            with open(f"/proc/{self._pid}/mem", "rb", buffering=0) as file:
                file.seek(address)
                return file.read(size) or b""
        except (OSError, OverflowError):
            return b""

    def text(self, address: int) -> str:
        page_end = 4096 - address % 4096
        return self.read(address, page_end).split(b"\0", 1)[0].decode(errors="backslashreplace")

    def poll_interest(self, address: int, count: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        entries = struct.Struct("ihh")  # struct pollfd: fd, events, revents
        data = self.read(address, entries.size * min(count, 1024))
        watched = list(entries.iter_unpack(data[: len(data) // entries.size * entries.size]))
        reads = tuple(fd for fd, events, _ in watched if fd >= 0 and events & _POLL_READ)
        writes = tuple(fd for fd, events, _ in watched if fd >= 0 and events & _POLL_WRITE)
        return reads, writes

    def bits(self, address: int, count: int) -> tuple[int, ...]:
        """The members below `count` of an fd_set."""
        data = self.read(address, min(count, 1024) // 8 + 1)
        return tuple(n for n in range(min(count, len(data) * 8)) if data[n // 8] >> n % 8 & 1)

    def epoll_interest(self, epoll_fd: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        reads, writes = [], []
        for line in self._details(epoll_fd):
            if line.startswith("tfd:"):
                words = line.split()
                descriptor, events = int(words[1]), int(words[3], 16)
                if events & _POLL_READ:
                    reads.append(descriptor)
                if events & _POLL_WRITE:
                    writes.append(descriptor)
        return tuple(reads), tuple(writes)

    def pid_of(self, pidfd: int) -> int | None:
        for line in self._details(pidfd):
            if line.startswith("Pid:"):
                return int(line.split()[1])
        return None

    def _details(self, descriptor: int) -> list[str]:
        try:
            with open(f"/proc/{self._pid}/fdinfo/{descriptor}") as file:
                return file.read().splitlines()
        except OSError:
            return []

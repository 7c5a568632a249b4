"""Which calls had to wait, and which call ended each wait?

No clock decides where the trace itself can tell: a read waited if all that had been written to its pipe
before was read before; it was woken by the first write that ended after it had begun. An open of a FIFO
waited if the other end was opened after it had begun; a wait for a child if the child ended then. Only where
the other side is not in the trace does a call count as one that waited when it took a millisecond.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from .trace import Call

Answer = tuple[bool, int | None]  # whether a call waited, and the number of the call that ended it

LONG = 0.001  # seconds
_READING = frozenset({"read", "readv", "recvfrom", "recvmsg"})
_WRITING = frozenset({"write", "writev", "sendto", "sendmsg"})
_POLLING = frozenset(
    {"poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2"}
)
SLEEPING = frozenset({"nanosleep", "clock_nanosleep", "pause", "rt_sigsuspend", "rt_sigtimedwait"})
_OPENING = frozenset({"open", "openat"})
_OTHERS = frozenset(
    {"accept", "accept4", "connect", "flock", "semop", "msgrcv", "msgsnd", "splice"}
)
_AT_ONCE = frozenset({"EAGAIN", "EINVAL", "EBADF", "ENXIO", "ENOENT", "ECHILD"})
_NEVER = float("inf")
_UNDER_WAY = (
    0.1  # seconds: one that began later, and was looked at no longer, may just be under way
)
_ATOMIC = 4096  # bytes that an empty pipe always takes at once (man 7 pipe)


class _Strand:
    """What one thread did with one object: its calls follow one another."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.beginnings: list[int] = []

    def from_line(self, line: int) -> Iterator[int]:
        """Those calls, by number, that began after `line`, and the one before, which may go on then."""
        yield from self.numbers[max(bisect_right(self.beginnings, line) - 1, 0) :]


class _Flow:
    """How many bytes a pipe held after each line."""

    def __init__(self, changes: list[tuple[float, int]]) -> None:
        changes.sort()
        self._lines = [line for line, _ in changes]
        self._held = list(accumulate(count for _, count in changes))

    def held(self, line: int) -> int:
        place = bisect_right(self._lines, line)
        return self._held[place - 1] if place else 0


class Story:
    """The calls of a run in their order, which tells whether one had to wait for others."""

    def __init__(
        self,
        calls: Sequence[Call],
        lines: Sequence[tuple[int, int | None]],
        ends: Mapping[int, int],
        stopped: float,
    ) -> None:
        """`lines`: the place in the order at which each call began, and ended; `ends`: each process.

        `stopped`: when nobody looked any longer, as `Call.start`.
        """
        self._stopped = stopped
        self._calls = calls
        self._begun = [begun for begun, _ in lines]
        self._ended = [_NEVER if ended is None else ended for _, ended in lines]
        self._ends = ends
        self._exits = {  # the last call of each process that has ended
            call.pid: number
            for number, call in enumerate(calls)
            if call.name == "exit_group" or (call.pid in ends and call.duration is not None)
        }
        self._sort()
        self._rules: dict[str, Callable[[int, Call], Answer]] = {
            **dict.fromkeys(_READING, self._read),
            **dict.fromkeys(_WRITING, self._write),
            **dict.fromkeys(_OPENING, self._open),
            **dict.fromkeys(("wait4", "waitid"), self._wait),
            "futex": self._futex,
            **dict.fromkeys(_POLLING, self._poll),
            **dict.fromkeys(SLEEPING, lambda number, call: (True, None)),
            **dict.fromkeys(_OTHERS, self._by_the_clock),
        }

    def _sort(self) -> None:
        """By object: what each thread did with it, and how much a pipe held."""
        self._strands: dict[str, dict[tuple[int, int | None], _Strand]] = {}
        changes: dict[str, list[tuple[float, int]]] = {}
        for number, call in enumerate(self._calls):
            strands = self._strands.setdefault(call.target, {})
            strand = strands.setdefault((call.pid, call.thread), _Strand())
            strand.numbers.append(number)
            strand.beginnings.append(self._begun[number])
            if call.name in _READING | _WRITING and (call.result or 0) > 0:
                count = (call.result or 0) * (1 if call.name in _WRITING else -1)
                changes.setdefault(call.target, []).append((self._ended[number], count))
        self._flows = {target: _Flow(each) for target, each in changes.items()}

    def explained(self) -> tuple[Call, ...]:
        """The calls, with `blocked` and `woken_by` filled in."""
        answers = (self._wait_of(number, call) for number, call in enumerate(self._calls))
        return tuple(
            replace(call, blocked=blocked, woken_by=waker)
            for call, (blocked, waker) in zip(self._calls, answers, strict=True)
        )

    def _wait_of(self, number: int, call: Call) -> Answer:
        """Did it wait, and for which call?"""
        rule = self._rules.get(call.name)
        if rule is None or call.errno in _AT_ONCE:
            return False, None
        if call.duration is None and self._stopped - call.start < _UNDER_WAY:
            return False, None
        return rule(number, call)

    def _by_the_clock(self, number: int, call: Call) -> Answer:
        return call.duration is None or call.duration >= LONG, None

    def _meanwhile(self, number: int, names: frozenset[str]) -> list[int]:
        """What other threads did with the same object while this call went on."""
        call, found = self._calls[number], []
        for thread, strand in self._strands[call.target].items():
            if thread == (call.pid, call.thread):
                continue
            for other in strand.from_line(self._begun[number]):
                if self._begun[other] >= self._ended[number]:
                    break
                is_meant = self._calls[other].name in names and self._calls[other].errno is None
                if is_meant and self._ended[other] > self._begun[number]:
                    found.append(other)
        return sorted(found)

    def _read(self, number: int, call: Call) -> Answer:
        if not call.target:
            return False, None
        if call.result is None:
            return True, None
        if call.result <= 0:
            return self._until_closed(number, call)
        if self._held(number) > 0:
            return False, None
        writes = self._meanwhile(number, _WRITING)
        return (True, writes[0]) if writes else self._by_the_clock(number, call)

    def _held(self, number: int) -> int:
        """Bytes in the pipe when this call began."""
        flow = self._flows.get(self._calls[number].target)
        return flow.held(self._begun[number]) if flow else 0

    def _until_closed(self, number: int, call: Call) -> Answer:
        """It waited for whoever closed the last of the other ends, or ended holding it."""
        closers = self._meanwhile(number, frozenset({"close"}))
        closers += [other for other in self._exits.values() if self._left_during(other, number)]
        return (True, max(closers)) if closers else self._by_the_clock(number, call)

    def _left_during(self, leaving: int, number: int) -> bool:
        """Did the process that made this last call lose its descriptors while a call went on?

        They go at some moment between its last call and the report that it has gone.
        """
        pid = self._calls[leaving].pid
        is_long = self._by_the_clock(number, self._calls[number])[0]
        return (
            pid != self._calls[number].pid
            and self._begun[leaving] < self._ended[number]
            and self._ends.get(pid, _NEVER) > self._begun[number]
            and (self._begun[leaving] > self._begun[number] or is_long)
        )

    def _write(self, number: int, call: Call) -> Answer:
        if call.result is None:
            return True, None
        if not call.target.startswith(("pipe:", "/")):
            return self._by_the_clock(number, call)
        if call.errno == "EPIPE":
            return self._until_closed(number, call)
        last = call.arguments[-1] if call.arguments else ""
        if self._held(number) + (int(last) if last.isdecimal() else 0) <= _ATOMIC:
            return False, None
        for other in self._meanwhile(number, _READING):
            if self._begun[other] > self._begun[number] and (self._calls[other].result or 0) > 0:
                return True, other
        return False, None

    def _open(self, number: int, call: Call) -> Answer:
        mode = _opens_for(call)
        if mode not in ("O_RDONLY", "O_WRONLY"):
            return False, None
        if call.result is None:
            return True, None
        for other in self._meanwhile(number, _OPENING):
            if _opens_for(self._calls[other]) != mode and self._begun[other] > self._begun[number]:
                return True, other
        return False, None

    def _wait(self, number: int, call: Call) -> Answer:
        if "WNOHANG" in " ".join(call.arguments):
            return False, None
        if call.result is None:
            return True, None
        leaving = self._exits.get(call.result)
        if leaving is not None and self._left_during(leaving, number):
            return True, leaving
        if self._ends.get(call.result, _NEVER) < self._begun[number]:
            return False, None
        return self._by_the_clock(number, call)

    def _futex(self, number: int, call: Call) -> Answer:
        if not _is_about(call, "FUTEX_WAIT"):
            return False, None
        for other in self._meanwhile(number, frozenset({"futex"})):
            if call.result == 0 and _is_about(self._calls[other], "FUTEX_WAKE"):
                return True, other
        return True, None

    def _poll(self, number: int, call: Call) -> Answer:
        if call.result == 0:  # its time has passed
            return call.arguments[-1] != "0", None
        if call.target:
            if writes := self._meanwhile(number, _WRITING):
                return True, writes[0]
            return self._until_closed(number, call)
        return self._by_the_clock(number, call)


def _is_about(call: Call, operation: str) -> bool:
    return any(operation in argument for argument in call.arguments)


def _opens_for(call: Call) -> str:
    """O_RDONLY, O_WRONLY or O_RDWR; "" when it does not wait."""
    flags = next((argument for argument in call.arguments if argument.startswith("O_")), "")
    return "" if "O_NONBLOCK" in flags else flags.split("|")[0]

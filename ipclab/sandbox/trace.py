"""Which system calls did the processes of a run make, and in which of them did they wait?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .look import Picture

_RESULT_SAYS_NOTHING = frozenset({
    "close", "close_range", "dup2", "dup3", "execve", "ftruncate", "futex", "kill", "link", "linkat", "mknod",
    "mknodat", "mmap", "munmap", "nanosleep", "clock_nanosleep", "pipe", "pipe2", "rename", "socketpair", "unlink",
    "unlinkat",
})  # fmt: skip
_FORKS = frozenset({"fork", "vfork", "clone", "clone3"})


@dataclass(frozen=True)
class Call:
    """One system call of one process."""

    process: str  # as in Run.processes: "parent", "child 1"
    pid: int
    name: str  # the kernel's: openat, wait4, clone
    arguments: tuple[str, ...]  # as strace writes them; long strings are cut
    result: int | None  # None: it never returned
    errno: str | None  # "EAGAIN"
    start: float  # seconds since the function was called
    duration: float | None  # seconds; None: it had not ended, or never returns
    blocked: bool = False  # it had to wait: for another process, or for a clock
    woken_by: int | None = None  # which of the trace's calls ended the wait
    target: str = ""  # what it was about: "pipe:[1234]", "/tmp/fifo", "/dev/shm/sem.name"
    thread: int | None = None  # 1, 2, … in a process that has several

    @property
    def end(self) -> float | None:
        """Seconds since the function was called; None when it had not ended."""
        return None if self.duration is None else self.start + self.duration

    @property
    def forks(self) -> bool:
        """It made a process, not a thread."""
        return self._is_fork and (self.result or 0) > 0

    @property
    def _is_fork(self) -> bool:
        is_thread = any("CLONE_THREAD" in argument for argument in self.arguments)
        return self.name in _FORKS and not is_thread

    @property
    def label(self) -> str:
        """Short, as a learner would write it: "read(3) = 5"."""
        succeeded = self.errno is None and self.name in _RESULT_SAYS_NOTHING
        return self.short if succeeded else f"{self.short}{self._outcome()}"

    @property
    def short(self) -> str:
        """The same without its result: "read(3)"."""
        for names, words in _SHORT.items():
            if self.name in names:
                return words(self)
        first = self.arguments[0] if self.arguments else ""
        return f"{self.name.removesuffix('_group')}({first if len(first) <= 12 else '…'})"

    def __str__(self) -> str:
        if self._is_fork:
            return f"fork(){self._outcome()}"
        return f"{self.name}({', '.join(self.arguments)}){self._outcome()}"

    def _outcome(self) -> str:
        if self.errno:
            return f" = {self.errno}"
        if self.result is None:
            return ""
        return f" = {hex(self.result) if self.name in ('mmap', 'shmat') else self.result}"

    def _path(self) -> str:
        """The last part of the path among its arguments, its middle left out if that is long."""
        quoted = next((argument for argument in self.arguments if argument.startswith('"')), '""')
        name = quoted.strip('."').rpartition("/")[2]
        return name if len(name) <= _LONG_NAME else f"{name[:6]}…{name[-4:]}"


_SELF_EVIDENT = frozenset({"O_CLOEXEC", "O_NOFOLLOW", "O_EXCL", "O_LARGEFILE", "O_TRUNC"})


def _short_futex(call: Call) -> str:
    verb = "wait" if any("WAIT" in argument for argument in call.arguments) else "post"
    name = call.target.removeprefix("/dev/shm/sem.")
    return f"sem_{verb}(/{name})" if name != call.target else f"futex_{verb}()"


def _short_open(call: Call) -> str:
    flags = next((argument for argument in call.arguments if argument.startswith("O_")), "")
    shown = [flag for flag in flags.split("|") if flag not in _SELF_EVIDENT]
    return f"open({call._path()}, {'|'.join(shown)})"


def _short_poll(call: Call) -> str:
    numbers = re.findall(r"fd=(\d+)", call.arguments[0])
    return f"{call.name}({', '.join(numbers)})"


_SHORT: dict[frozenset[str], Callable[[Call], str]] = {
    _FORKS: lambda call: "fork()" if call._is_fork else "clone(thread)",
    frozenset({"futex"}): _short_futex,
    frozenset({"open", "openat", "creat"}): _short_open,
    frozenset({"poll", "ppoll"}): _short_poll,
    frozenset({"wait4", "waitid"}): lambda call: "wait()",
    frozenset({"nanosleep", "clock_nanosleep"}): lambda call: "sleep()",
    frozenset({"mmap", "munmap"}): lambda call: f"{call.name}({call.target.rpartition('/')[2]})",
    frozenset({"execve", "link", "linkat", "mknod", "mknodat", "unlink", "unlinkat"}): (
        lambda call: f"{call.name.removesuffix('at')}({call._path()})"
    ),
    frozenset({"dup2", "dup3", "kill", "fcntl"}): (
        lambda call: f"{call.name}({', '.join(call.arguments[:2])})"
    ),
}


@dataclass(frozen=True)
class Moment:
    """A signal that reached a process ("SIGPIPE"), or its end ("exited with 0", "killed by SIGKILL")."""

    process: str
    what: str
    at: float  # seconds since the function was called


@dataclass(frozen=True, repr=False)
class Trace:
    """The calls of a run that have to do with IPC, in the order in which they began.

    What the interpreter does for itself (memory, files of modules, locks of its own) is left out.
    """

    calls: tuple[Call, ...]
    moments: tuple[Moment, ...] = ()
    problem: str | None = None  # why nothing was recorded, or not to the end, in a sentence
    has_more: bool = False  # there were more calls than are kept

    @property
    def processes(self) -> tuple[str, ...]:
        """The names of those that made calls, the oldest first."""
        return tuple(dict(sorted((call.pid, call.process) for call in self.calls)).values())

    def plot(self) -> Picture:
        """One lane for each process; waiting is hatched, an arrow leads from the call that ended it."""
        from .timeline import draw

        return draw(self)

    show = plot

    def __repr__(self) -> str:
        if not self.calls:
            return f"{self.problem or 'No system call that has to do with IPC was made'}."
        return "\n".join([*_table(self), *_remarks(self)])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


WITHOUT_STRACE = Trace(
    (),
    problem="No system calls were recorded: strace is not installed. On Debian and Ubuntu:"
    " sudo apt-get install strace",
)

_HEADERS = ("ms", "process", "system call", "took ms", "")
MOST_ROWS = 100  # in the table
_LONG_NAME = 12  # characters of a file's name in a label
_WIDEST = 64  # characters of a call in the table


def _table(trace: Trace) -> Iterator[str]:
    rows = [_HEADERS, *(_row(trace, call) for call in trace.calls[:MOST_ROWS])]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    count = len(trace.calls)
    yield f"{count:,} system call{'s' if count > 1 else ''} of {len(trace.processes)} process" + (
        "es" if len(trace.processes) > 1 else ""
    )
    yield ""
    for number, (at, process, call, took, note) in enumerate(rows):
        line = (
            at.rjust(widths[0]),
            process.ljust(widths[1]),
            call.ljust(widths[2]),
            took.rjust(widths[3]),
            note,
        )
        yield "  ".join(line).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def _remarks(trace: Trace) -> Iterator[str]:
    """What the table leaves out."""
    if len(trace.calls) > MOST_ROWS:
        yield f"… and {len(trace.calls) - MOST_ROWS:,} more; `calls` holds them."
    if trace.has_more:
        yield f"Only the first {len(trace.calls):,} system calls were kept."
    if trace.problem:
        yield f"{trace.problem}."


def _row(trace: Trace, call: Call) -> tuple[str, str, str, str, str]:
    who = f"{call.process} (thread {call.thread})" if call.thread else call.process
    text = str(call)
    if len(text) > _WIDEST:
        text = f"{text[: _WIDEST // 2]}…{text[1 - _WIDEST // 2 :]}"
    took = "" if call.duration is None else f"{1000 * call.duration:.2f}"
    return f"{1000 * call.start:.2f}", who, text, took, _note(trace, call)


def _note(trace: Trace, call: Call) -> str:
    if not call.blocked:
        return ""
    if call.duration is None:
        return "blocked, and never ended"
    if call.woken_by is None:
        return "blocked"
    waker = trace.calls[call.woken_by]
    return f"blocked until {waker.process}: {waker.short}"

"""Exercise 9: how much can be written into a pipe before somebody reads?"""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from ipclab.sandbox import Run

from .checking import Exam, Finding, Requirement, failed, passed
from .exercise import Exercise
from .pipe_slots import PAGE, explaining_chunk, filled_until_refused, filled_while_writable

DEADLINE = 8.0  # seconds; writing a mebibyte byte by byte takes a second, on a busy machine several

STUB = '''
def pipe_capacity(read_fd: int, write_fd: int) -> int:
    """The largest number of bytes that the empty pipe accepts, found by writing."""
    raise NotImplementedError
'''

SPEC = (
    "Write `pipe_capacity(read_fd, write_fd)`. It gets both ends of an empty pipe and returns the"
    " largest number of bytes that the pipe accepts, over all ways of cutting the writes, found out by"
    " writing. The pipe may have been resized, from 4 KiB to 1 MiB, and each end may be blocking or"
    " not. Afterwards the pipe is empty, both ends are open, and their flags are what they were."
    " About 15 lines."
)

HINTS = (
    "A blocking write into a full pipe waits for a reader, and there is none but you. Which flag makes"
    " write fail instead of waiting, and with which error?",
    "os.set_blocking(write_fd, False) and BlockingIOError. The flag belongs to the open pipe, not to"
    " your function: put it back in a `finally`.",
    "The pipe keeps its bytes in page-sized slots. A chunk that does not fit into the rest of the last"
    " slot needs a new one, and leaves a gap. Which chunk sizes leave none?",
    "Count what write returns, not how often you called it. Then read just as many bytes, so that the"
    " pipe is empty again.",
)

CHOICES = {
    "a": "nothing is buffered: a write waits until somebody reads",
    "b": "a fixed number of bytes is buffered, then a write waits",
    "c": "as much is buffered as you care to write",
}


class Pipe(NamedTuple):
    """A pipe on which a solution is tried."""

    size: int | None = None  # bytes; None: as the system gives it
    reads_block: bool = True
    writes_block: bool = True

    def __str__(self) -> str:
        size = f"of {self.size:,} bytes" if self.size else "as the system makes it"
        modes = [
            "blocking" if mode else "non-blocking" for mode in (self.reads_block, self.writes_block)
        ]
        return f"a pipe {size} (read end {modes[0]}, write end {modes[1]})"


FRESH = Pipe()


def measure(functions: SimpleNamespace, pipes: list[Pipe], times: int) -> list[dict[str, Any]]:
    """In the sandbox: call the solution on each pipe, `times` times, and look at what it leaves."""
    return [
        seen for pipe in pipes for seen in _measure_one(functions.pipe_capacity, Pipe(*pipe), times)
    ]


def _measure_one(function: Any, pipe: Pipe, times: int) -> list[dict[str, Any]]:
    read_fd, write_fd = os.pipe2(os.O_CLOEXEC)
    if pipe.size:
        fcntl.fcntl(write_fd, fcntl.F_SETPIPE_SZ, pipe.size)
    os.set_blocking(read_fd, pipe.reads_block)
    os.set_blocking(write_fd, pipe.writes_block)
    seen = []
    for _ in range(times):
        truth, before, moved = _capacity(write_fd), _flags(read_fd, write_fd), _bytes_moved()
        value = function(read_fd, write_fd)
        seen.append(
            {
                "pipe": tuple(pipe),
                "capacity": truth,
                "value": value if type(value) is int else None,
                "shown": f"{value!r:.60}",
                "moved": _bytes_moved() - moved,
                "flags": (before, _flags(read_fd, write_fd)),
                "open": (_is_pipe(read_fd), _is_pipe(write_fd)),
                "left": _held(read_fd),
                "resized": _capacity(write_fd),
            }
        )
        _drain(read_fd)
    for descriptor in (read_fd, write_fd):
        if _is_pipe(descriptor):
            os.close(descriptor)
    return seen


def _capacity(write_fd: int) -> int | None:
    try:
        return fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ)
    except OSError:
        return None


def _flags(*descriptors: int) -> tuple[int | None, ...]:
    """Status and descriptor flags of each end; None for one that is closed."""
    found: list[int | None] = []
    for descriptor in descriptors:
        for command in (fcntl.F_GETFL, fcntl.F_GETFD):
            try:
                found.append(fcntl.fcntl(descriptor, command))
            except OSError:
                found.append(None)
    return tuple(found)


def _is_pipe(descriptor: int) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").startswith("pipe:")
    except OSError:
        return False


def _held(read_fd: int) -> int:
    """Bytes in the pipe (man 2 ioctl_pipe, FIONREAD)."""
    try:
        held: int = struct.unpack("i", fcntl.ioctl(read_fd, termios.FIONREAD, bytes(4)))[0]
        return held
    except OSError:
        return 0


def _drain(read_fd: int) -> None:
    """What one call leaves in the pipe must not spoil the next."""
    while held := _held(read_fd):
        os.read(read_fd, held)


def _bytes_moved() -> int:
    """Bytes that this process, and children that it waited for, have read and written so far."""
    try:
        with open("/proc/self/io") as file:
            counts = dict(line.split(": ") for line in file.read().splitlines())
    except OSError:
        return 0
    return int(counts["rchar"]) + int(counts["wchar"])


def _fresh(exam: Exam) -> Run:
    """The first trial: one pipe as the system makes it."""
    return exam.once("fresh", lambda: exam.run(measure, [FRESH], 1, deadline=DEADLINE))


def _varied(exam: Exam) -> Run:
    """The second: smallest and largest, each way of blocking, every pipe twice."""
    return exam.once("varied", lambda: exam.run(measure, _varied_pipes(exam), 2, deadline=DEADLINE))


def _varied_pipes(exam: Exam) -> list[Pipe]:
    return [
        Pipe(PAGE, True, True),
        Pipe(2 * PAGE, True, False),
        Pipe(PAGE << exam.random.randrange(2, 4), False, False),
        Pipe(32 * PAGE, False, True),
    ]


def _largest(exam: Exam) -> Run:
    return exam.once("largest", lambda: exam.run(measure, [Pipe(256 * PAGE)], 1, deadline=DEADLINE))


def _trouble(exam: Exam, run: Run) -> Finding | None:
    """Both ends must stay open here, so that no way of hanging has a better name than that."""
    return failed("hang", str(run.stuck)) if run.stuck else exam.trouble(run)


def _examine_return(exam: Exam) -> Finding:
    run = _fresh(exam)
    if problem := _trouble(exam, run):
        return problem
    [seen] = run.value
    if seen["value"] is None:
        return failed("wrong-result", f"It returned {seen['shown']}, which is not an int.")
    return passed(f"It returned {seen['value']:,} for {FRESH}.")


def _examine_way(exam: Exam) -> Finding:
    run = _varied(exam)
    asked = _asked(_fresh(exam)) or _asked(run)
    if asked:
        return failed("forbidden-shortcut", f"It {asked}. The exercise is to find out by writing.")
    seen = _fresh(exam).value if exam.trouble(run) else [*_fresh(exam).value, *run.value]
    idle = [trial for trial in seen if trial["moved"] < min(trial["value"] or 0, trial["capacity"])]
    if not idle:
        return passed("It asked nobody, and filled the pipe.")
    if all(trial["value"] == trial["capacity"] for trial in seen) and len(idle) == len(seen) > 1:
        return failed(
            "forbidden-shortcut", "It was right for every pipe, and never wrote into one."
        )
    trial = idle[0]
    return failed(
        "hard-coded",
        f"It returned {trial['value']:,} for {Pipe(*trial['pipe'])} without writing so many bytes:"
        f" only {trial['moved']:,} were read or written meanwhile.",
    )


def _asked(run: Run) -> str | None:
    """How a run asked the kernel for the size, or set it."""
    for event in run.events:
        if event.caller.startswith("ipclab."):
            continue
        if event.name == "fcntl.fcntl":
            command = event.detail.split()[1]
            for name in ("F_GETPIPE_SZ", "F_SETPIPE_SZ"):
                if command == str(getattr(fcntl, name)):
                    return f"called fcntl with {name}"
        if event.name == "open" and "/fs/pipe" in event.detail:
            return f"read {event.detail}"
    return None


def _examine_fresh(exam: Exam) -> Finding:
    return _judge_values(exam, _fresh(exam).value)


def _examine_sizes(exam: Exam) -> Finding:
    return _judge_run(exam, _varied(exam))


def _examine_largest(exam: Exam) -> Finding:
    return _judge_run(exam, _largest(exam))


def _judge_run(exam: Exam, run: Run) -> Finding:
    return _trouble(exam, run) or _judge_values(exam, run.value)


def _judge_values(exam: Exam, seen: list[dict[str, Any]]) -> Finding:
    for trial in seen:
        if trial["value"] != trial["capacity"]:
            return _name_the_mistake(exam, trial)
    trial = seen[-1]
    return passed(f"{trial['value']:,} bytes for {Pipe(*trial['pipe'])}: right.")


def _name_the_mistake(exam: Exam, trial: Mapping[str, Any]) -> Finding:
    """A wrong number tells how the pipe was filled, if several pipes tell the same."""
    value, capacity = trial["value"], trial["capacity"]
    what = (
        f"It returned {trial['shown']} for {Pipe(*trial['pipe'])}, which accepts {capacity:,} bytes"
    )
    trials = [each for run in (_fresh(exam), _varied(exam)) if run.value for each in run.value]
    values = {each["value"] for each in trials}
    if len(values) == 1 and len(trials) > 1 and value:
        return failed("hard-coded", f"{what}. It returned the same number for every pipe.")
    found = {each["capacity"]: each["value"] for each in trials if each["value"]}
    if value is None or not 0 < value < capacity:
        return failed("wrong-result", f"{what}.")
    if chunk := explaining_chunk(filled_until_refused, found):
        return failed(
            "chunk-too-coarse",
            f"{what}. So many fit in if each write has {chunk:,} bytes: the rest of a page stays empty.",
        )
    if chunk := explaining_chunk(filled_while_writable, found):
        return failed(
            "poll-is-not-full",
            f"{what}. So many are in it, written {chunk:,} at a time, when poll no longer calls it writable.",
        )
    short = [size for size, got in found.items() if got < size - 1]
    if capacity // 2 <= value < capacity - 1 and len(short) > len(found) // 2:
        return failed("chunk-too-coarse", f"{what}. Smaller chunks would still have fitted in.")
    return failed("wrong-result", f"{what}.")


def _trials(exam: Exam) -> list[dict[str, Any]]:
    runs = (_fresh(exam), _varied(exam), _largest(exam))
    return [trial for run in runs if run.value and not exam.trouble(run) for trial in run.value]


def _examine_open(exam: Exam) -> Finding:
    for trial in _trials(exam):
        closed = [
            name
            for name, is_open in zip(("read", "write"), trial["open"], strict=True)
            if not is_open
        ]
        if closed:
            return failed(
                "wrong-result", f"After the call the {' and the '.join(closed)} end was closed."
            )
        if trial["resized"] != trial["capacity"]:
            return failed(
                "wrong-result",
                f"The call changed the pipe's size from {trial['capacity']:,} to {trial['resized']:,} bytes.",
            )
    return passed("Both ends were still open.")


def _examine_flags(exam: Exam) -> Finding:
    for trial in _trials(exam):
        before, after = trial["flags"]
        for name, old, new in zip(
            ("read end", "read end", "write end", "write end"), before, after, strict=True
        ):
            if old != new and new is not None:
                return failed(
                    "flags-changed",
                    f"The {name} of {Pipe(*trial['pipe'])} had the flags {old:#o}, and {new:#o} afterwards{_nonblock(old, new)}.",
                )
    return passed("The flags of both ends were what they had been.")


def _nonblock(old: int, new: int) -> str:
    changed = (old ^ new) & os.O_NONBLOCK
    return f": O_NONBLOCK is {'set' if new & os.O_NONBLOCK else 'gone'}" if changed else ""


def _examine_empty(exam: Exam) -> Finding:
    for trial in _trials(exam):
        if trial["left"]:
            return failed(
                "data-left-in-pipe",
                f"{trial['left']:,} bytes were still in the pipe after the call.",
            )
    return passed("The pipe was empty again.")


def _examine_leaks(exam: Exam) -> Finding:
    kinds = {
        "zombie": "zombie-left",
        "process": "orphan-left",
        "descriptor": "fd-leak",
        "thread": "orphan-left",
    }
    for run in (_fresh(exam), _varied(exam)):
        for leak in run.leaks:
            return failed(kinds.get(leak.kind, "name-leak"), f"After the call {leak}.")
    return passed("No descriptor, process, thread or file was left.")


RETURNS = "it returns a number, and does not hang"

EXERCISE = Exercise(
    number=9,
    slug="pipe-buffering",
    title="How much fits into a pipe",
    stars=2,
    names=("pipe_capacity",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.pipes.capacity",
    choices=CHOICES,
    requirements=(
        Requirement(RETURNS, _examine_return),
        Requirement("it finds the number by writing", _examine_way, needs=(RETURNS,)),
        Requirement(
            "it is right for a pipe as the system makes it", _examine_fresh, needs=(RETURNS,)
        ),
        Requirement(
            "it is right for other sizes, blocking or not, and twice",
            _examine_sizes,
            needs=(RETURNS,),
        ),
        Requirement("it is right for a pipe of 1 MiB", _examine_largest, needs=(RETURNS,)),
        Requirement(
            "it leaves both ends open and the size as it was", _examine_open, needs=(RETURNS,)
        ),
        Requirement(
            "it leaves the flags of both ends as they were", _examine_flags, needs=(RETURNS,)
        ),
        Requirement("it leaves the pipe empty", _examine_empty, needs=(RETURNS,)),
        Requirement("it leaves nothing else behind", _examine_leaks, needs=(RETURNS,)),
    ),
)

"""What came of a run: the frozen records that `run` returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .drawing import Picture
    from .trace import Trace


_MOST_LEAKS = 10  # lines in print


@dataclass(frozen=True)
class Raised:
    """An exception that the function raised: plain text, never the object itself."""

    type: str
    message: str
    errno: int | None
    traceback: str  # the learner's frames only

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type


DESCRIPTORS_CLOSED = Raised(
    "DescriptorsClosed",
    "it closed descriptors that were not its own, so that its result could not come back",
    None,
    "",
)
GARBLED = Raised("GarbledAnswer", "what came back was not written by the sandbox", None, "")


@dataclass(frozen=True)
class Descriptor:
    """One entry of a process's descriptor table."""

    number: int
    target: str  # as readlink shows it: "pipe:[1234]", "/dev/null"
    inode: int
    access: str  # "read", "write" or "read and write"
    is_pipe: bool  # a pipe or a FIFO

    @property
    def readable(self) -> bool:
        return "read" in self.access

    @property
    def writable(self) -> bool:
        return "write" in self.access


@dataclass(frozen=True)
class Wait:
    """In which call a thread is blocked, for what, and who could end that."""

    call: str  # as a learner would write it: "read(3)"
    why: str  # in words, why it goes on
    wants: str = ""  # bytes, room, end, semaphore, thread, fifo, lock, signal, time; "": unknown
    descriptors: tuple[int, ...] = ()  # any of them would do
    held: int | None = None  # bytes in the full pipe that it wants room in
    releasers: tuple[int, ...] = ()  # the processes that could end it
    thread: int | None = None  # 1, 2, …, in a process that has several

    def sentence(self, who: str) -> str:
        thread = f" (thread {self.thread})" if self.thread else ""
        return f"{who}{thread} is blocked in {self.call}: {self.why}"


@dataclass(frozen=True)
class Process:
    """One process of a run, as last seen in /proc."""

    name: str  # "parent", "child 1", "grandchild": its place in the family
    pid: int  # inside the run's own PID namespace, where there is one
    parent: int
    command: str
    state: str  # "running", "sleeping", "stopped", "zombie" or "ended"
    descriptors: tuple[Descriptor, ...] = ()
    waits: tuple[Wait, ...] = ()  # one for each thread that is blocked
    stack: tuple[str, ...] = ()  # Python lines, innermost first

    @property
    def waiting(self) -> str | None:
        """One sentence: in which call it is blocked, for what, and who could end that."""
        return self.waits[0].sentence(self.name) if self.waits else None

    @property
    def waits_for(self) -> tuple[int, ...]:
        """The processes that could end its waits."""
        return tuple(sorted({pid for wait in self.waits for pid in wait.releasers}))

    def __str__(self) -> str:
        return f"{self.name}: {self.waiting or self.state}"


@dataclass(frozen=True)
class Stuck:
    """Why a run did not end by itself."""

    diagnosis: str  # a word of the vocabulary: "pipe-full-deadlock", "hang", …
    cause: str  # one sentence
    sentences: tuple[str, ...]  # one for each process that could not go on
    cycle: tuple[str, ...] = ()  # names of the processes that wait for one another
    left_open: tuple[tuple[str, int], ...] = ()  # forgotten ends: (process, descriptor)
    proved: bool = False  # nobody could ever have released them; False: the deadline passed
    spinning: bool = False  # it used a processor all the time

    def __str__(self) -> str:
        return "\n".join([self.cause, *(f"  {sentence}" for sentence in self.sentences)])


@dataclass(frozen=True)
class Leak:
    """Something that a run left behind (and that is gone by now)."""

    kind: str  # process, zombie, descriptor, thread, shared-memory, semaphore, file, fifo
    description: str
    descriptor: int | None = None  # its number, if that is what was left open

    def __str__(self) -> str:
        return self.description


@dataclass(frozen=True)
class Event:
    """Something that a process of the run did, seen through Python's audit hooks."""

    process: str
    name: str  # "os.fork", "os.exec", "fcntl.fcntl", "subprocess.Popen", "escaped", …
    detail: str
    caller: str = ""  # the module whose code did it


@dataclass(frozen=True)
class Run:
    """What a function did in a process of its own."""

    value: Any
    exception: Raised | None
    exit_status: int | None  # None: it was stopped; negative: minus the signal that killed it
    stdout: bytes
    stderr: bytes
    seconds: float
    stuck: Stuck | None
    leaks: tuple[Leak, ...]
    processes: tuple[Process, ...]
    events: tuple[Event, ...] = field(default=(), repr=False)
    trace: Trace | None = field(default=None, repr=False)  # None: not asked for

    @property
    def ok(self) -> bool:
        """It returned, and left nothing behind."""
        return self.exception is None and self.exit_status == 0 and not (self.stuck or self.leaks)

    def show(self) -> Picture:
        """The processes, their descriptors and who waits for whom, as a figure with alt text."""
        from .drawing import draw

        return draw(self)

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def _lines(run: Run) -> list[str]:
    lines = [_outcome(run)]
    for stream in ("stdout", "stderr"):
        if text := getattr(run, stream).decode(errors="backslashreplace").rstrip("\n"):
            lines += [f"{stream}:", *(f"  {line}" for line in text.splitlines())]
    if run.exception and run.exception.traceback:
        lines += run.exception.traceback.rstrip("\n").splitlines()
    lines += [f"left behind: {leak}" for leak in run.leaks[:_MOST_LEAKS]]
    if len(run.leaks) > _MOST_LEAKS:
        lines.append(f"left behind: and {len(run.leaks) - _MOST_LEAKS} more")
    return lines


def _outcome(run: Run) -> str:
    if run.stuck:
        return f"stuck: {run.stuck}"
    if run.exception:
        return f"raised {run.exception}"
    if run.exit_status:
        how = "was killed by signal" if run.exit_status < 0 else "ended with exit status"
        return f"returned nothing: its process {how} {abs(run.exit_status)}"
    return f"returned {run.value!r}"

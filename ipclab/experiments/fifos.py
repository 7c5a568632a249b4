"""How do strangers meet? The experiments of notebook 8.

Each function runs real processes in the sandbox and returns a frozen result that prints as a table.
`Scene` draws itself as a timeline with a lane for each process. man 7 fifo, man 3 mkfifo.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from ipclab.experiments import fifos_figures, fifos_trials
from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "modes", "read_write", "reader_first", "speed", "strangers", "two_readers", "unlinked",
    "without_waiting", "writer_first",
]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One system call of one process."""

    process: str
    call: str  # "open O_RDONLY", "write hello"
    result: str  # in words, or the name of the errno
    began: float  # seconds, on the clock that all processes share
    returned: float
    waited: bool  # its process was seen asleep in it
    step: int  # its number in the script, from 0

    @property
    def line(self) -> str:
        """The whole event in a line, without times."""
        waits = " waits," if self.waited else ""
        return f"{self.process}: {self.call}:{waits} {self.result}"


@dataclass(frozen=True, repr=False)
class Scene(Tabular):
    """What some processes did at one FIFO, step by step."""

    name: str
    events: tuple[Event, ...]  # in the order in which they began
    sizes: tuple[int, ...]  # bytes: the file's size after each step, as long as it had its name

    headers = ("step", "process", "call", "waited", "result")

    @property
    def title(self) -> str:
        return self.name

    def rows(self) -> list[Row]:
        return [
            (each.step + 1, each.process, each.call, "yes" if each.waited else "", each.result)
            for each in self.events
        ]

    def __getitem__(self, step: int) -> Event:
        """The event with this number, as the table counts, from 1."""
        return self.events[step - 1]

    @property
    def waits(self) -> list[int]:
        """The steps that waited, as the table counts."""
        return [each.step + 1 for each in self.events if each.waited]

    def ended_by(self, step: int) -> int:
        """The step during which this one returned: the last that had begun by then."""
        returned = self[step].returned
        return max(each.step for each in self.events if each.began <= returned) + 1

    def plot(self) -> Figure:
        """A lane for each process; a call that waited is hatched and reaches to the step that ended it."""
        return fifos_figures.timeline(self)


@dataclass(frozen=True, repr=False)
class Modes(Tabular):
    """The permission bits of a new FIFO, by the mode asked for and the umask."""

    modes: dict[tuple[int, int], int]  # (asked for, umask) -> mode

    headers = ("asked for", "umask", "mode of the FIFO", "who may open it")
    title = "mkfifo(path, mode)"

    def rows(self) -> list[Row]:
        return [
            (f"{asked:04o}", f"{umask:03o}", f"{mode:04o}", _who(mode))
            for (asked, umask), mode in self.modes.items()
        ]


def _who(mode: int) -> str:
    allowed = [
        f"{name} {''.join(letter for letter, bit in (('r', 4), ('w', 2)) if mode >> shift & bit)}"
        for name, shift in (("owner", 6), ("group", 3), ("others", 0))
        if mode >> shift & 6
    ]
    return ", ".join(allowed) or "nobody"


@dataclass(frozen=True, repr=False)
class Strangers(Tabular):
    """Two programs that have the same FIFO open, and nothing else in common."""

    programs: tuple[tuple[str, int, str, int], ...]  # name, parent's pid, open for, inode
    said: str  # what came through

    headers = ("program", "has the FIFO open for", "same parent", "same inode")
    title = "Two programs at one FIFO"

    def rows(self) -> list[Row]:
        same_parent = "yes" if self.have_one_parent else "no"
        same_inode = "yes" if self.have_one_inode else "no"
        return [(name, access, same_parent, same_inode) for name, _, access, _ in self.programs]

    @property
    def have_one_parent(self) -> bool:
        return len({parent for _, parent, _, _ in self.programs}) == 1

    @property
    def have_one_inode(self) -> bool:
        return len({inode for _, _, _, inode in self.programs}) == 1


@dataclass(frozen=True)
class Speed:
    """Throughput of a pipe and of a FIFO, in pairs."""

    rates: tuple[tuple[float, float], ...]  # bytes a second: pipe, FIFO
    size: int  # bytes in each measurement
    chunk: int  # bytes in each write

    @property
    def ratio(self) -> float:
        """FIFO to pipe: the median over the pairs."""
        return median(fifo / pipe for pipe, fifo in self.rates)

    def plot(self) -> Figure:
        """Each pair as a line from the pipe's throughput to the FIFO's."""
        return fifos_figures.speed(self)


def reader_first() -> Scene:
    """Who waits in open and in read, and when is the end of file? man 7 fifo."""
    return _scene(
        "One client after the other",
        *(("server", "open O_RDONLY"), ("client", "open O_WRONLY"), ("server", "read")),
        *(("client", "write hello"), ("server", "read"), ("client", "close")),
        *(("server", "read"), ("server", "read"), ("client", "open O_WRONLY")),
        *(("client", "write again"), ("server", "read")),
    )


def writer_first() -> Scene:
    """And if the client comes first? It waits for a reader. man 7 fifo."""
    return _scene(
        "The client comes first",
        *(("client", "open O_WRONLY"), ("server", "open O_RDONLY")),
        *(("client", "write hello"), ("client", "close"), ("server", "read"), ("server", "read")),
    )


def without_waiting() -> Scene:
    """What does O_NONBLOCK do to an open, and to a read? man 7 fifo; man 2 open, ENXIO."""
    return _scene(
        "O_NONBLOCK",
        *(("client", "open O_WRONLY|O_NONBLOCK"), ("server", "open O_RDONLY|O_NONBLOCK")),
        *(("server", "read"), ("client", "open O_WRONLY|O_NONBLOCK"), ("server", "read")),
        *(("client", "write hello"), ("server", "read"), ("client", "close"), ("server", "read")),
    )


def read_write() -> Scene:
    """What changes when the server opens the FIFO for both? man 7 fifo, NOTES."""
    return _scene(
        "O_RDWR",
        *(("server", "open O_RDWR"), ("client", "open O_WRONLY"), ("client", "write hello")),
        *(("client", "close"), ("server", "read"), ("server", "read")),
        *(("client", "open O_WRONLY"), ("client", "write again")),
    )


def two_readers() -> Scene:
    """Two readers, one writer: who gets what? Each byte goes to one of them. man 7 pipe."""
    return _scene(
        "A second reader",
        *(("reader A", "open O_RDONLY"), ("writer", "open O_WRONLY")),
        *(("reader B", "open O_RDONLY"), ("reader A", "read"), ("writer", "write one")),
        *(("reader B", "read"), ("writer", "write two"), ("writer", "close")),
        *(("reader A", "read"), ("reader B", "read")),
    )


def unlinked() -> Scene:
    """The name is removed while two processes have the FIFO open. man 2 unlink."""
    return _scene(
        "Unlinked while in use",
        *(("server", "open O_RDONLY"), ("client", "open O_WRONLY"), ("server", "unlink")),
        *(("client", "write hello"), ("server", "read"), ("stranger", "open O_WRONLY")),
        *(("client", "close"), ("server", "read")),
    )


def _scene(title: str, *script: fifos_trials.Step) -> Scene:
    records, sizes = measure(fifos_trials.played, list(script))
    return Scene(title, tuple(Event(*record) for record in records), tuple(sizes))


def modes() -> Modes:
    """What may others do with a new FIFO? man 3 mkfifo, man 2 umask."""
    rows = measure(fifos_trials.modes, [0o666, 0o600], [0o000, 0o022, 0o077])
    return Modes({(asked, umask): mode for asked, umask, mode in rows})


def strangers() -> Strangers:
    """Can two programs talk that were started by two different processes? man 7 fifo."""
    programs, said = measure(fifos_trials.strangers)
    return Strangers(tuple(programs), said)


def speed(rounds: int = 9, size: int = 4 << 20, chunk: int = 4096) -> Speed:
    """Does the name cost anything once the FIFO is open? Each round measures both, in turn."""
    rates = measure(fifos_trials.transfer_rates, rounds, size, chunk)
    return Speed(tuple(rates), size, chunk)

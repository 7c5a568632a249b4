"""Who else can see this byte? The experiments of the lesson on shared memory and semaphores.

Each function runs real processes where /dev/shm is empty and their own, and returns a frozen result
that prints as a table; `address_spaces` draws itself, too. man 7 shm_overview, man 7 sem_overview.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipclab.experiments import lesson_memory_figures, lesson_memory_trials
from ipclab.experiments.lesson_memory_programs import READER, WRITER
from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "READER", "WRITER", "address_spaces", "after_a_death", "as_a_file", "pack_into_zeroes", "steps", "strangers",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Steps(Tabular):
    """What is there after each call: names, size, mapping, the semaphore's value."""

    steps: dict[str, tuple[tuple[str, ...], int | None, bool, int | None]]

    title = "One object and one semaphore, call by call"
    headers = ("after", "in /dev/shm", "size", "mapped", "value")

    def rows(self) -> list[Row]:
        return [
            (
                call,
                " ".join(names) or "-",
                _or_dash(size),
                "yes" if mapped else "-",
                _or_dash(value),
            )
            for call, (names, size, mapped, value) in self.steps.items()
        ]


def _or_dash(value: int | None) -> object:
    return "-" if value is None else value


def steps() -> Steps:
    """What does each call change, and where can it be seen? man 3 shm_open, man 3 sem_open."""
    found = measure(lesson_memory_trials.steps)
    return Steps({call: (tuple(names), *rest) for call, names, *rest in found})


@dataclass(frozen=True)
class Place:
    """Where one process has an object in its memory."""

    addresses: str
    offset: int  # in the object
    inode: int


@dataclass(frozen=True, repr=False)
class AddressSpaces(Tabular):
    """One object in two programs that have no parent in common."""

    here: Place
    there: Place
    read_there: bytes  # what the second program found when the first one had stored it

    title = "One object, two address spaces"
    headers = ("program", "offset in the object", "same object")

    def rows(self) -> list[Row]:
        same = "yes" if self.here.inode == self.there.inode else "no"
        return [
            ("the first", self.here.offset, same),
            ("the second", self.there.offset, same),
        ]

    def plot(self) -> Figure:
        """Both programs' addresses, and the object between them."""
        return lesson_memory_figures.address_spaces(self)


def address_spaces() -> AddressSpaces:
    """Where do two programs have the same object, and is it the same byte? man 5 proc_pid_maps."""
    here, there, seen = measure(lesson_memory_trials.address_spaces)
    return AddressSpaces(Place(*here), Place(*there), seen)


@dataclass(frozen=True, repr=False)
class AsAFile(Tabular):
    """What ordinary commands say about an object and a semaphore."""

    mode: str
    cat: str
    od: str

    title = "What the shell sees"
    headers = ("command", "output")

    def rows(self) -> list[Row]:
        return [
            ("stat -c %a /dev/shm/lesson", self.mode),
            ("cat /dev/shm/lesson", self.cat.strip()),
            ("od -t u4 -N 4 /dev/shm/sem.lesson", self.od),
        ]


def as_a_file() -> AsAFile:
    """What do stat, cat and od say about shared memory and a semaphore? man 7 shm_overview."""
    return AsAFile(*measure(lesson_memory_trials.as_a_file))


@dataclass(frozen=True, repr=False)
class Strangers(Tabular):
    """What comes of two programs that are started apart, by the moment at which the second one comes."""

    outcomes: dict[str, str]

    title = "A writer and a reader, started apart"
    headers = ("when the reader comes", "what comes of it")

    def rows(self) -> list[Row]:
        return list(self.outcomes.items())


def strangers() -> Strangers:
    """What happens when the reader comes too early, too late, or in between? man 3 shm_open, ERRORS."""
    return Strangers(dict(measure(lesson_memory_trials.strangers)))


@dataclass(frozen=True, repr=False)
class AfterADeath(Tabular):
    """Two kinds of lock whose holder was killed."""

    flock_is_free: bool
    semaphore: int

    title = "The holder was killed"
    headers = ("lock", "afterwards")

    def rows(self) -> list[Row]:
        return [
            ("flock", "free" if self.flock_is_free else "still taken"),
            ("semaphore", f"value {self.semaphore}"),
        ]


def after_a_death() -> AfterADeath:
    """Who gives a lock back when its holder is killed? man 2 flock, man 3 sem_wait."""
    return AfterADeath(*measure(lesson_memory_trials.after_a_death))


@dataclass(frozen=True, repr=False)
class PackIntoZeroes(Tabular):
    """What another process could have seen while struct.pack_into wrote a number."""

    before: bytes
    meanwhile: bytes
    after: bytes

    title = "struct.pack_into, looked at from inside"
    headers = ("moment", "the eight bytes")

    def rows(self) -> list[Row]:
        moments = ("before", self.before), ("meanwhile", self.meanwhile), ("after", self.after)
        return [(moment, data.hex(" ")) for moment, data in moments]


def pack_into_zeroes() -> PackIntoZeroes:
    """Does a number change from the old value to the new one in one step? Python, struct module."""
    return PackIntoZeroes(*measure(lesson_memory_trials.pack_into_zeroes))

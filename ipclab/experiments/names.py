"""What may a name contain, and who says so? The experiments of notebook 2.

Each function tries names in a process of its own, whose /dev/shm is empty, and returns a frozen
result that prints as a table; the first one draws itself, too: `result.plot()`. man 7 shm_overview,
man 7 sem_overview.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipclab.experiments import names_figures, names_trials
from ipclab.experiments.measure import measure
from ipclab.experiments.tables import Row, Tabular
from ipclab.ipc.names import valid_name, why_not_portable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["answers", "counterexample", "limits", "one_folder"]

NAMES = (
    "/name", "name", "//name", "///name", "/a/b", "/name/", "", "/", "/.", "/..", "/...", "/a b", "/é",
    "/" + "x" * 251, "/" + "x" * 252, "/" + "x" * 255, "/" + "x" * 256,
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Answers(Tabular):
    """What the rule says about each name, and what shm_open and sem_open said to it."""

    names: tuple[str, ...]
    portable: tuple[bool, ...]
    refusals: tuple[tuple[str, str], ...]  # (shm_open, sem_open): "" or the name of an errno

    title = "Names, by the rule and as this system takes them"
    headers = ("name", "portable", "shm_open", "sem_open")

    def rows(self) -> list[Row]:
        return [
            (shown(name), "yes" if portable else "no", shm or "created", sem or "created")
            for name, portable, (shm, sem) in self._together()
        ]

    def said(self, name: str) -> tuple[str, str]:
        """What shm_open and sem_open said: "" for yes, or the name of an errno."""
        return self.refusals[self.names.index(name)]

    @property
    def beyond_the_rule(self) -> list[str]:
        """Names that the rule refuses, and that both calls accepted."""
        return [
            name for name, portable, said in self._together() if not portable and said == ("", "")
        ]

    def plot(self) -> Figure:
        """One row for each name, one column for each of the three who were asked."""
        return names_figures.grid(self)

    def _together(self) -> list[tuple[str, bool, tuple[str, str]]]:
        return list(zip(self.names, self.portable, self.refusals, strict=True))


def answers(names: Sequence[str] = NAMES) -> Answers:
    """What does this system say to names within the rule and beyond it? man 3 shm_open."""
    refusals = measure(names_trials.answers, list(names))
    return Answers(tuple(names), tuple(map(valid_name, names)), tuple(map(tuple, refusals)))


@dataclass(frozen=True, repr=False)
class Limits(Tabular):
    """The longest name of one letter, repeated, that each call accepts."""

    longest: dict[str, tuple[tuple[int, int, str], ...]]  # letter -> (letters, bytes, errno) a call

    title = "The longest name, the slash not counted"
    headers = ("letter", "call", "letters", "bytes", "one more")

    def rows(self) -> list[Row]:
        return [
            (letter, call, *found)
            for letter, both in self.longest.items()
            for call, found in zip(("shm_open", "sem_open"), both, strict=True)
        ]

    def bytes_of(self, call: str) -> int:
        """The longest in bytes, over all letters."""
        return max(row[3] for row in self.rows() if row[1] == call)  # type: ignore[type-var, return-value]


def limits(letters: str = "xé中") -> Limits:
    """How long may a name be, and in which unit? man 3 sem_open, ENAMETOOLONG."""
    found = {letter: measure(names_trials.longest, letter) for letter in letters}
    return Limits({letter: tuple(map(tuple, both)) for letter, both in found.items()})


@dataclass(frozen=True, repr=False)
class OneFolder(Tabular):
    """A semaphore's counter, read by opening it as shared memory."""

    entries: tuple[str, ...]  # of /dev/shm
    counter: tuple[int, ...]

    title = "shm_open looks into the semaphore /x"
    headers = ("after", "first four bytes")

    def rows(self) -> list[Row]:
        moments = (f"sem_open, value {names_trials.VALUE}", "one sem_post", "two sem_wait")
        return list(zip(moments, self.counter, strict=True))


def one_folder() -> OneFolder:
    """Do shared memory and semaphores have names of their own each? man 7 sem_overview."""
    entries, counter = measure(names_trials.one_folder)
    return OneFolder(tuple(entries), tuple(counter))


@dataclass(frozen=True, repr=False)
class Counterexample(Tabular):
    """A name about which a rule and the portable one differ."""

    name: str
    rule: str  # what it said, or what it raised
    right: bool
    reason: str

    title = "The simplest name about which they differ"
    headers = ("name", "your rule", "the rule", "because")

    def rows(self) -> list[Row]:
        return [(shown(self.name), self.rule, str(self.right), self.reason)]


def counterexample(rule: Callable[[str], Any], seed: int = 2) -> Counterexample | None:
    """The simplest name that a rule judges otherwise than the portable one; None when some hundred bring none.

    Hypothesis generates names, then takes the first on which they differ apart until nothing can be
    left out.
    """
    found = measure(names_trials.counterexample, rule, seed)
    if found is None:
        return None
    name, said = found
    return Counterexample(name, said, valid_name(name), why_not_portable(name) or "it is portable")


def shown(name: str) -> str:
    """A name as it stands in a table: as Python writes it, the middle of a long one counted."""
    if len(name) <= 20:
        return repr(name)
    return f"{name[:4]!r}… ({len(name.encode()) - 1} bytes)"

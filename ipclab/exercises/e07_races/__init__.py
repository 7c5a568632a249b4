"""Exercise 7: two processes count together, with and without a lock."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
def increment_without_lock(memory, times):
    """Add 1 to the counter at offset 0, `times` times, with nothing to keep others out."""
    raise NotImplementedError


def increment_with_lock(memory, semaphore, times):
    """The same, so that no update is lost whatever other processes do meanwhile."""
    raise NotImplementedError
'''

SPEC = (
    "Write two functions. `memory` is an `mmap` that several processes share; its first eight bytes hold"
    " a counter, unsigned and little-endian. Both functions add 1 to it, `times` times (0 is allowed)."
    " `increment_without_lock(memory, times)` just does it, and must be able to lose an update when two"
    " processes call it at the same time. `increment_with_lock(memory, semaphore, times)` must not lose one,"
    " in whatever order the processes run: `semaphore` is a `posix_ipc.Semaphore`, shared by all, with the"
    " value 1. Both leave the other bytes alone. About 10 lines."
)

HINTS = (
    'Eight bytes to a number and back: `int.from_bytes(memory[0:8], "little")` and'
    ' `number.to_bytes(8, "little")`; or `struct` with the format `<Q`.',
    "Adding one takes three steps: read, add, write. Which of them must nobody else come between?"
    " All that must stay together belongs between acquire and release.",
    "`with semaphore:` acquires, and releases on every way out of the block, exceptions and returns"
    " included.",
    "for each of the `times`: `with semaphore:`, and inside it read the counter and write it back plus"
    " one. The other function is the same without the `with`.",
)

CHOICES = {
    "a": "the counter is right: adding one is a single step",
    "b": "it is sometimes too small, on any machine",
    "c": "it is too small only where two processors run the processes at the same instant",
}

EXERCISE = Exercise(
    number=7,
    slug="races",
    title="Two who count",
    stars=2,
    names=("increment_without_lock", "increment_with_lock"),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.counting",
    choices=CHOICES,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

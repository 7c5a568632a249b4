"""Random small programs, and the set of all states in which they can end."""

from __future__ import annotations

import linecache
import random
from typing import Any

from ipclab.explorer.scenario import Finding, Outcome, Scenario
from ipclab.explorer.search import Search
from ipclab.explorer.semaphores import new_semaphore
from ipclab.explorer.shims import Semaphore
from ipclab.explorer.sources import Sources

WORDS = 3
BOUND = 2


def statement(choose: random.Random, indent: str, depth: int = 0) -> list[str]:
    """One random statement of a process."""
    word, other, number = choose.randrange(WORDS), choose.randrange(WORDS), choose.randint(-2, 2)
    sem = choose.choice(("a", "b"))
    kind = choose.choice(
        (
            "load",
            "store",
            "copy",
            "add",
            "lock",
            "pack",
            "try",
            "acquire",
            "release",
            "loop",
            "wait",
            "branch",
        )
    )
    if depth and kind in ("lock", "loop", "wait", "branch"):
        kind = "copy"
    inner = statement(choose, indent + "    ", 1) if kind in ("lock", "loop", "branch") else []
    lines = {
        "load": [f"x = words[{word}]"],
        "store": [f"words[{word}] = {number}"],
        "copy": [f"words[{word}] = words[{other}]"],
        "add": [f"words[{word}] += {number}"],
        "pack": [f"struct.pack_into('q', memory, {8 * word}, x)"],
        "lock": [f"with {sem}:", *inner],
        "try": [
            "try:", f"    {sem}.acquire(0)", f"    words[{word}] = 5", f"    {sem}.release()",
            "except posix_ipc.BusyError:", f"    x = {number}",
        ],
        "acquire": [f"{sem}.acquire()"],
        "release": [f"{sem}.release()"],
        "loop": ["for _ in range(2):", *inner],
        "wait": [f"while words[{word}] == {number}:", "    pass"],
        "branch": [f"if words[{word}] == x:", *inner],
    }[kind]  # fmt: skip
    return [each if each in inner else indent + each for each in lines]


def program(seed: int, waits: bool) -> Scenario:
    """Two or three processes of two or three statements each."""
    choose = random.Random(seed)
    count = choose.choice((2, 2, 3))
    lines = ["import struct", "import posix_ipc"]
    for number in range(count):
        lines += [f"def p{number}(memory, a, b):", "    words, x = memoryview(memory).cast('q'), 0"]
        for _ in range(choose.randint(2, 3 if count == 2 else 2)):
            made = statement(choose, "    ")
            while not waits and any("while" in each for each in made):
                made = statement(choose, "    ")
            lines += made
        lines += ["    return x"]
    filename, text = f"<random program {seed} {waits}>", "\n".join(lines)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    scope: dict[str, Any] = {"__name__": "random_program"}
    exec(compile(text, filename, "exec", dont_inherit=True), scope)
    functions = [scope[f"p{number}"] for number in range(count)]
    values = choose.randint(0, 2), choose.randint(0, 1)

    def prepare(world: Any) -> list[list[Any]]:
        region = world.memory.region("memory", 8 * WORDS)
        made = [new_semaphore(world, name, value) for name, value in zip("ab", values, strict=True)]
        return [[world.memory.map(region), *map(Semaphore.of, made)] for _ in functions]

    def judge(world: Any, results: list[Any]) -> Finding:
        state = world.memory.regions[0].image(), [s.value for s in world.semaphores], results
        return Finding("end", repr(state))

    return Scenario(functions, prepare, judge, sources=Sources({filename: text}))


class Collecting(Search):
    """A search that does not stop at a failure, and keeps how the runs ended."""

    ends: set[str]

    def all_ends(self) -> set[str] | None:
        self.ends = set()

        def keep(outcome: Outcome) -> None:
            if outcome.finding is not None:
                told = outcome.finding
                self.ends.add(told.message if told.diagnosis == "end" else told.diagnosis)
                outcome.finding = None

        self.on_outcome = keep
        return self.ends if self.run().complete else None


def compare(seed: int, waits: bool, most_seconds: float = 10.0) -> tuple[set[str], set[str]] | None:
    """End states of the pruned search, and of plain enumeration; None: too many schedules for the latter."""
    plain = Collecting(
        program(seed, waits), BOUND, most_seconds, extra=False, prune=False
    ).all_ends()
    if plain is None:
        return None
    pruned = Collecting(program(seed, waits), BOUND, 10.0, extra=False).all_ends()
    return None if plain is None or pruned is None else (pruned, plain)

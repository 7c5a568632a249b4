"""Which scenarios does a check of exercise 11 run, and with what? All begin early, beside one another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ipclab.exercises.checking import Exam
from ipclab.sandbox import Run

from . import explored, interruptions, lifetimes, scenarios
from .explored import Instance

DEADLINE = 15.0  # seconds; every wait inside has a limit of its own, far below
PATIENCE = 2.5  # seconds without any item that moves
WAIT = 1.0  # seconds of waiting in which the use of the processor is measured
CRASHES = ("when it was full", "when it was empty", "when it was finished")
METHODS = ("put", "get")
STOPS = tuple(f"{method} stopped" for method in METHODS)
FILLED = (1, 2, 7)  # capacities
STARVED = ((2, 1), (1, 2), (2, 4))  # capacity, consumers
_NONE, _SLOW = [0.0, 0], [0.002, 5]

# capacity, consumers, items, sizes, pauses of the producer and of each consumer
CROWDS = {
    "capacity 1, one consumer": (1, 1, 40, [16, 40, 17], [_NONE, _NONE]),
    "capacity 1, four consumers": (1, 4, 60, [33, 16], [_NONE, _NONE]),
    "capacity 2, two consumers, slow ones": (2, 2, 120, [24, 200], [_NONE, _SLOW]),
    "capacity 2, three consumers, a slow producer": (2, 3, 120, [1000, 16], [_SLOW, _NONE]),
    "capacity 7, three consumers": (7, 3, 600, [16, 5000, 70], [_NONE, _NONE]),
    "capacity 7, more than 256 items": (7, 1, 300, [16, 30], [_NONE, [0.05, 253]]),
    "capacity 300, four consumers": (300, 4, 3000, [64], [_NONE, _NONE]),
    "capacity 3, long items": (3, 2, 40, [70_000, 65_536, 65_535], [_NONE, _NONE]),
}
BUDGET, LONGEST = 1.0, 11.0  # seconds for one exploration: of a processor, and of waiting for it
INSTANCES = (
    Instance(capacity=2, consumers=2, items=2, first=2, to_the_end=False),
    Instance(capacity=2, consumers=2, items=3, first=2, to_the_end=False),
    Instance(capacity=2, consumers=1, items=3, first=0),
    Instance(capacity=2, consumers=2, items=2, first=0, to_the_end=False, come_first=True, bound=0),
    Instance(capacity=1, consumers=2, items=1, first=0),
    Instance(capacity=1, consumers=2, items=2, first=1, to_the_end=False),
)
MOVES = ("one place", "long items", "no size", "brimful", "ended")
MANY = "capacity 300, more than 65,536 items"
_MANY_ITEMS = 66_000
_MANY_DEADLINE = 40.0  # seconds: whoever stops is known after PATIENCE, the others may be slow
LONG = ("put waits", "get waits", MANY, *(f"explored {each}" for each in INSTANCES))
NEED_WAITING = (
    *(*CROWDS, MANY), *(f"again {crash}" for crash in CRASHES), *(f"{each} killed" for each in METHODS),
)  # fmt: skip


def first(exam: Exam) -> Run:
    """The first trial; when it went well, everything else may begin."""
    items = [each.hex() for each in contents(300)]
    return exam.once("first", lambda: exam.run(scenarios.exact, 4, 300, items, deadline=DEADLINE))


def begin(exam: Exam, *names: str) -> None:
    """Let these begin; without names, all but those that are only for what can't be explored."""
    for name, start in _scenes(exam).items():
        if name in names or not (names or name in STOPS):
            exam.begin(name, start)


def call_off(exam: Exam, *names: str) -> None:
    """These are not needed any more; without names, none is. Those that have begun go on."""
    for name in names or tuple(exam.begun):
        if name in exam.begun:
            exam.begun[name].cancel()


def the_run(exam: Exam, name: str) -> Run:
    if name == "first":
        return first(exam)
    if name not in exam.begun:
        exam.begin(name, _scenes(exam)[name])
    run: Run = exam.begun[name].result()
    return run


def contents(item_size: int) -> list[bytes]:
    """Items that are easily changed on the way, up to the longest."""
    return [
        *(b"plain", b"", b"\0", b"ends in NUL\0", b"\0\0\0begins", b"", b"\0" * item_size),
        *(bytes(range(256))[:item_size], b"x" * (item_size - 1), b"y" * item_size, b"\n", b"last"),
    ]


def _long_contents(exam: Exam) -> list[bytes]:
    sizes = [70_000, 0, 1, 4095, 4096, 4097, 65_535, 65_536, exam.random.randrange(69_999), 69_999]
    return [bytes([number + 1]) * size for number, size in enumerate(sizes)]


def _explore(exam: Exam, instance: Instance) -> Run:
    run = exam.run(explored.explore, instance, BUDGET, deadline=LONGEST, recorded=False)
    if instance == INSTANCES[0] and (run.stuck or (run.value or {}).get("unmodelled")):
        begin(exam, *STOPS)
    return run


def long_name(exam: Exam) -> str:
    """The longest possible: 251 bytes after the slash."""
    return "/" + "".join(exam.random.choices("abcdefghij", k=250))


def _scenes(exam: Exam) -> dict[str, Callable[[], Run]]:
    """Every scenario, by name; those that need patience first."""

    def scene(
        scenario: Callable[..., Any], *args: Any, deadline: float = DEADLINE
    ) -> Callable[[], Run]:
        return partial(exam.run, scenario, *args, deadline=deadline)

    long = long_name(exam)
    many = (300, 1, _MANY_ITEMS, [16], [_NONE, [0.05, 8160]], PATIENCE)
    found = {
        MANY: scene(scenarios.crowd, *many, deadline=_MANY_DEADLINE),
        "put waits": scene(scenarios.waiting, "put", WAIT),
        "get waits": scene(scenarios.waiting, "get", WAIT),
        "one place": scene(scenarios.exact, 1, 1, [b"a".hex(), "", b"\0".hex(), "", b"b".hex()]),
        "long items": scene(
            scenarios.exact, 2, 70_000, [each.hex() for each in _long_contents(exam)]
        ),
        "no size": scene(scenarios.of_no_size),
        "brimful": scene(scenarios.brimful, 3, 100),
        "ended": scene(scenarios.ended),
        "refusing": scene(scenarios.refusing, 2, 20),
        "long names": scene(lifetimes.side_by_side, [f"{long}0", f"{long}1", "/" + "é" * 125]),
        "short names": scene(lifetimes.side_by_side, ["/a", "/b", "/..."]),
        "strangers": scene(lifetimes.strangers, exam.solution),
        "lives": scene(lifetimes.lives),
    }
    found |= {f"filled {each}": scene(scenarios.filled, each, 5000, 3) for each in FILLED}
    found |= {f"starved {each}": scene(scenarios.starved, *each) for each in STARVED}
    found |= {name: scene(scenarios.crowd, *values, PATIENCE) for name, values in CROWDS.items()}
    found |= {f"explored {each}": partial(_explore, exam, each) for each in INSTANCES}
    stopped = partial(scene, interruptions.stopped, exam.solution)
    found |= {f"{method} stopped": stopped(method) for method in METHODS}
    found |= {f"{method} killed": scene(interruptions.killed, method) for method in METHODS}
    found |= {f"again {crash}": scene(lifetimes.again, crash) for crash in CRASHES}
    return found

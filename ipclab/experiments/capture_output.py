"""What does `capture_output=True` do for you? The experiments of notebook 12.

Each function measures in a process of its own and returns a frozen result (capture_results.py) that
prints as a table; some draw themselves: `result.plot()`. man 7 pipe, man 2 execve, man 2 waitpid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, combinations
from typing import Any

from ipclab.experiments import capture_trials
from ipclab.experiments.capture_results import (
    AfterSigpipe,
    ByAmount,
    Drained,
    Endings,
    ExecErrors,
    LaunchCosts,
    WithClosed,
)
from ipclab.experiments.capture_trials import MIB
from ipclab.experiments.measure import PATIENCE, measure
from ipclab.sandbox import run

__all__ = [
    "after_sigpipe",
    "by_amount",
    "drained",
    "endings",
    "exec_errors",
    "launch_costs",
    "with_closed",
]

SCRIPTS = ("exit 0", "exit 1", "exit 127", "kill -s TERM $$", "kill -s KILL $$")


def by_amount(
    capture: Callable[..., Any], program: Callable[[int], list[str]], sizes: Sequence[int] = ()
) -> ByAmount:
    """How does `capture(program(size))` end when the program writes `size` bytes to stderr?

    Unless told, the sizes are one byte, what a new pipe holds, and one byte more.
    """
    capacity = measure(capture_trials.capacity)
    outcomes = {}
    for size in sizes or (1, capacity, capacity + 1):
        outcome = run(capture, program(size), deadline=PATIENCE)
        if outcome.stuck:
            outcomes[size] = f"never returned: {outcome.stuck.diagnosis}"
        else:
            outcomes[size] = str(outcome.exception or "returned")
    return ByAmount(capacity, outcomes)


def drained(runs: int = 10) -> Drained:
    """In which order does a parent read from two streams when it reads from whichever has bytes?

    The program fills the pipe of stderr twice, then that of stdout twice, and all that once more.
    """
    everything = [measure(capture_trials.drained) for _ in range(runs)]
    results = [
        Drained(size, runs, tuple(program), tuple(parent)) for size, program, parent in everything
    ]
    return min(results, key=Drained.seconds)


def exec_errors() -> ExecErrors:
    """Which exception tells that a program can't be executed? man 2 execve, ERRORS."""
    rows = measure(capture_trials.exec_errors)
    return ExecErrors({what: (ours, theirs) for what, ours, theirs in rows})


def endings(scripts: Sequence[str] = SCRIPTS) -> Endings:
    """How does the kernel tell how a program ended, and what is made of it? man 2 waitpid."""
    rows = measure(capture_trials.endings, list(scripts))
    return Endings({script: tuple(numbers) for script, *numbers in rows})


def after_sigpipe() -> AfterSigpipe:
    """What does a program do about SIGPIPE, by the way it was started? man 7 signal, man 2 execve."""
    rows = measure(capture_trials.after_sigpipe)
    return AfterSigpipe(
        {way: status for way, status, _, _ in rows},
        {way: (stdout, stderr) for way, _, stdout, stderr in rows},
    )


def with_closed() -> WithClosed:
    """Do both streams arrive when the caller had closed some of its 0, 1 and 2? man 2 dup2."""
    subsets = chain.from_iterable(combinations((0, 1, 2), count) for count in range(4))
    measured = {closed: measure(capture_trials.with_closed, closed) for closed in subsets}
    return WithClosed(
        {closed: number for closed, (number, _) in measured.items()},
        {closed: arrived for closed, (_, arrived) in measured.items()},
    )


def launch_costs(sizes: Sequence[int] = (), rounds: int = 5) -> LaunchCosts:
    """What does starting a program cost, by the memory that its parent holds? man 2 vfork.

    Sizes in bytes; unless told, up to 32 MiB. Each round measures every way in a new process.
    """
    held = list(sizes or (0, 8 * MIB, 16 * MIB, 32 * MIB))
    costs: dict[str, list[list[tuple[float, int]]]] = {way: [] for way in capture_trials.LAUNCHES}
    for _ in range(rounds):
        for way, measured in costs.items():
            measured.append(measure(capture_trials.launch_costs, way, held))
    return LaunchCosts(rounds, by_size(costs, held, 0), by_size(costs, held, 1))


def by_size(
    costs: dict[str, list[list[tuple[float, int]]]], sizes: list[int], field: int
) -> dict[str, dict[int, list[Any]]]:
    """One field of all measurements, by way and by size, one value for each round."""
    return {
        way: {
            size: [measured[number][field] for measured in rounds]
            for number, size in enumerate(sizes)
        }
        for way, rounds in costs.items()
    }

"""The words around a drawing of a run: its title, what is not drawn, and all of it in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .results import Run
from .scene import Pipe, Port, Scene, Waiting

_MOST_IN_WORDS = 3
_KINDS = {"shared-memory": "shared memory object", "fifo": "FIFO"}


def title(run: Run) -> str:
    if run.stuck:
        return run.stuck.cause[:1].upper() + run.stuck.cause[1:]
    what = "The function returned"
    if run.exception:
        what = f"The function raised {run.exception.type}"
    elif run.exit_status:
        how = "was killed by signal" if run.exit_status < 0 else "ended with exit status"
        what = f"The function's process {how} {abs(run.exit_status)}"
    if not run.leaks:
        return f"{what} and left nothing behind."
    counts = Counter(leak.kind for leak in run.leaks)
    return f"{what} and left behind {listed(_count(n, kind) for kind, n in counts.items())}."


def omitted(scene: Scene) -> str:
    """What the drawing leaves out, "" when that is nothing."""
    parts = []
    if scene.hidden_processes:
        states = Counter(process.state for process in scene.hidden_processes)
        each = listed(f"{number} {state}" for state, number in states.items())
        parts.append(f"{_count(len(scene.hidden_processes), 'process')} ({each})")
    if scene.hidden_pipes:
        parts.append(_count(scene.hidden_pipes, "pipe"))
    return f"Not drawn: {listed(parts)}." if parts else ""


def alt(run: Run, scene: Scene) -> str:
    """One sentence; nothing in it changes from one run of the same function to the next."""
    parts = [title(run).removesuffix("."), f"drawn: {listed(_processes(scene))}"]
    parts += _pipes(scene.pipes)
    parts += [_waiting(wait) for wait in scene.waits]
    if run.stuck and run.stuck.cycle:
        cycle = run.stuck.cycle
        steps = [
            f"{name} for {after}" for name, after in zip(cycle, cycle[1:] + cycle[:1], strict=True)
        ]
        parts.append(f"a thick line marks the cycle: {listed(steps)}")
    if left_open := [
        _left_open(pipe, port) for pipe in scene.pipes for port in pipe.ports if port.left_open
    ]:
        parts.append(f"marked as left open: {listed(left_open)}")
    if missing := omitted(scene):
        parts.append(missing[0].lower() + missing[1:].removesuffix("."))
    return "; ".join(parts) + "."


def listed(parts: Iterable[str], word: str = "and") -> str:
    """a, b and c"""
    parts = list(parts)
    return (
        f" {word} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
    )


def _processes(scene: Scene) -> list[str]:
    return [f"{card.name} ({card.state})" for card in scene.cards]


def _pipes(pipes: Sequence[Pipe]) -> list[str]:
    if len(pipes) > _MOST_IN_WORDS:
        return [f"between them lie {listed(pipe.name for pipe in pipes)}"]
    return [f"{pipe.name}{_level(pipe)} leads {_way(pipe)}" for pipe in pipes]


def _level(pipe: Pipe) -> str:
    return f", {pipe.level}," if pipe.level else ""


def _way(pipe: Pipe) -> str:
    writers, readers = (listed(map(_holder, pipe.ports_for(end))) for end in ("write", "read"))
    return f"from {writers or 'nobody'} to {readers or 'nobody'}"


def _holder(port: Port) -> str:
    return f"{port.process} (fd {', '.join(map(str, port.numbers))})"


def _left_open(pipe: Pipe, port: Port) -> str:
    return f"the {port.end} end of {pipe.name} in {_holder(port)}"


def _waiting(wait: Waiting) -> str:
    who = (
        "it alone" if wait.targets == (wait.waiter,) else listed(wait.targets, "or") or wait.instead
    )
    if len(wait.targets) > _MOST_IN_WORDS:
        who = f"any of {len(wait.targets)} others"
    return f"{wait.waiter} waits for {wait.what}, which depends on {who}"


def _count(number: int, kind: str) -> str:
    kind = _KINDS.get(kind, kind)
    ending = "es" if kind.endswith("s") else "s"
    return f"{number} {kind}{ending if number > 1 else ''}"

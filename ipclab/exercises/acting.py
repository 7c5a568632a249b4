"""What happens in the sandbox: the solution is loaded, and a scenario acted with it.

Every run imports this module anew, so it needs little.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ipclab.sandbox import guard

from .solutions import Solution


def perform(
    solution: Solution,
    scenario: Callable[..., Any],
    args: tuple[Any, ...],
    prepare: Callable[[], object] | None = None,
) -> Any:
    """What does `scenario(functions, *args)` return for this solution? `prepare` comes before it is loaded."""
    if prepare:
        prepare()
    found = solution.load()
    functions = {name: _guarded(found[name]) for name in solution.names}
    return scenario(SimpleNamespace(**functions), *args)


def _guarded(each: Any) -> Any:
    # A child that leaves the learner's function must not go on with the scenario's next line.
    return each if isinstance(each, type) else guard(each)


def unguarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's own function, as the explorer needs it: what a scenario is given is a guard around it.

    `inspect.unwrap` would go on, through the learner's own decorators.
    """
    own: Callable[..., Any] = getattr(function, "__wrapped__", function)
    return own


def describe(solution: Solution) -> dict[str, str]:
    """The solution's global names: "" for what can be called, else the name of its type."""
    return {
        name: "" if callable(each) else type(each).__name__
        for name, each in solution.load().items()
    }

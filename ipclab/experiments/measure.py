"""Runs one measurement in a process of its own and hands back its plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipclab.sandbox import run

PATIENCE = 30.0  # seconds: a loaded machine may be slow, and only a stuck run is wrong


def measure(function: Callable[..., Any], *args: object, sealed: bool = False) -> Any:
    """What `function(*args)` returned in the sandbox; `sealed`: as a process without privileges.

    Raises:
        RuntimeError: the measurement raised, was stuck, or ended without a result.
    """
    outcome = run(function, *args, deadline=PATIENCE, sealed=sealed)
    trouble = outcome.stuck or outcome.exception
    if trouble is None and outcome.exit_status == 0:
        return outcome.value
    raise RuntimeError(
        f"the measurement {function.__name__} gave no result: "
        f"{trouble or f'its process ended with status {outcome.exit_status}'}\n"
        "`ipclab doctor` says what this machine lacks."
    )

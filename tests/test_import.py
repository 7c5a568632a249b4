"""`import ipclab` is light: every child process and every kernel pays for it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

import ipclab

HEAVY = {"matplotlib", "numpy", "ipywidgets", "IPython", "rich", "nbval", "nbformat"}
LIMIT = 0.100  # seconds over bare Python


def seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
    return time.perf_counter() - start


def test_import_costs_little() -> None:
    # Load only ever adds time: the minimum of pairs comes closest to the cost itself.
    best_bare, best_import = seconds("pass"), seconds("import ipclab")
    deadline = time.monotonic() + 20
    while best_import - best_bare >= LIMIT and time.monotonic() < deadline:
        best_bare = min(best_bare, seconds("pass"))
        best_import = min(best_import, seconds("import ipclab"))
    assert best_import - best_bare < LIMIT


@pytest.mark.parametrize("module", ["ipclab", "ipclab.cli", "ipclab.sandbox", "ipclab.exercises"])
def test_nothing_heavy_is_imported(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=30, capture_output=True, text=True
    )
    assert HEAVY.isdisjoint(done.stdout.split())


def test_lazy_names_are_listed_and_found() -> None:
    assert {"exercise", "experiments"} <= set(dir(ipclab))
    assert ipclab.experiments.__name__ == "ipclab.experiments"
    assert callable(ipclab.exercise)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'exercize'"):
        _ = ipclab.exercize  # type: ignore[attr-defined]

"""A learner's first hour, in a real browser: a wrong answer, a hint, a right one, and progress."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from entries import entries
from lab import Lab, Notebook
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOKS = sorted(path.name for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
WRONG, RIGHT = "e09_chunk_3000", "e09_pages_set_blocking"


@pytest.fixture
def notebook(page: Page) -> Notebook:
    return Notebook(page)


def source(kind: str, name: str) -> str:
    return next(entry for entry in entries(kind) if entry.name == name).path.read_text()


def progress(home: Path) -> dict:
    """What `ipclab progress` says about exercise 9."""
    command = [sys.executable, "-m", "ipclab", "progress", "--json"]
    environment = {**os.environ, "IPCLAB_HOME": str(home)}
    said = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    return next(each for each in json.loads(said)["exercises"] if each["exercise"] == 9)


def test_a_learner_solves_an_exercise_and_sees_it_recorded(
    lab: Lab, home: Path, notebook: Notebook
) -> None:
    notebook.open(lab, "09_pipe_buffering.ipynb")
    notebook.run_all()
    assert (notebook.errors, notebook.complaints) == ([], [])
    stub = notebook.code_cells.filter(has_text="raise NotImplementedError").first
    stub_number = notebook.code_cells.all_inner_texts().index(stub.inner_text())
    stub = notebook.code_cells.nth(stub_number)
    check = notebook.code_cells.filter(has_text="ex.check(pipe_capacity)").first
    assert "TODO" in notebook.output_of(check)

    notebook.type_into(stub, source("wrong", WRONG))
    notebook.run(stub)
    notebook.run(check)
    verdict = notebook.output_of(check)
    assert "FAIL" in verdict and "chunk-too-coarse" in verdict
    assert "Why it matters:" in verdict and "man 7 pipe" in verdict

    hint = notebook.add_below(check, "ex.hint()")
    notebook.run(hint)
    assert "Hint 1 of" in notebook.output_of(hint)
    assert (progress(home)["passed"], progress(home)["hints"]) == (None, 1)

    notebook.type_into(stub, source("right", RIGHT))
    notebook.run(stub)
    notebook.run(check)
    assert "PASS" in notebook.output_of(check)
    passed = progress(home)["passed"]
    assert passed is not None

    notebook.open(lab, "00_start_here.ipynb")
    notebook.run_all()
    shown = notebook.output_of(notebook.code_cells.filter(has_text="state.of_exercise").first)
    assert f"exercise 9, pipe-buffering: {passed}" in shown
    assert (notebook.errors, notebook.complaints) == ([], [])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name.startswith("00a") else pytest.mark.long)
        for name in NOTEBOOKS
    ],
)
def test_a_notebook_runs_to_its_end(lab: Lab, notebook: Notebook, name: str) -> None:
    notebook.open(lab, name)
    notebook.run_all()
    assert (notebook.errors, notebook.complaints) == ([], [])

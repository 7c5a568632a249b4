"""A learner works through a notebook: leaves the stub, writes something wrong, writes it right."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from entries import Entry, entries

if TYPE_CHECKING:
    import nbclient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = [path for path in sorted(FOLDER.glob("*.ipynb")) if '"ex.check(' in path.read_text()]
# For each exercise, a right and a wrong solution of the catalogue.
SOLUTIONS = {
    1: ("e01_literal", "e01_name_both"),
    3: ("e03_exit_stack", "e03_write_end_kept"),
    2: ("e02_guard_clauses", "e02_characters_counted"),
    4: ("e04_double_checked", "e04_fills_without_lock"),
    5: ("e05_plain_polling", "e05_snapshot_without_lock"),
    6: ("e06_plain_struct", "e06_two_writes"),
    7: ("e07_slices", "e07_no_lock_at_all"),
    8: ("e08_dummy_writer", "e08_stops_at_end_of_file"),
    9: ("e09_pages_set_blocking", "e09_chunk_3000"),
    10: ("e10_find_and_slice", "e10_access_copy"),
    11: ("e11_semaphores", "e11_published_before_written"),
    12: ("e12_selectors", "e12_stdout_then_stderr"),
}

pytestmark = pytest.mark.slow


@dataclass
class OpenNotebook:
    """A notebook in a kernel of its own, as far as its check."""

    exercise: int
    client: nbclient.NotebookClient
    stub: int  # index of the cell in which the learner writes
    check: int  # index of the cell that checks it

    def run(self, first: int) -> None:
        for index in range(first, self.check + 1):
            self.client.execute_cell(self.client.nb.cells[index], index)

    def write(self, solution: Entry) -> None:
        """Put a solution where the stub is, and run from there on."""
        self.client.nb.cells[self.stub].source = solution.path.read_text()
        self.run(self.stub)

    @property
    def verdict(self) -> str:
        """What the cell with the check shows, as text."""
        text: str = self.client.nb.cells[self.check].outputs[-1].data["text/plain"]
        return text


def number_of(path: Path) -> int:
    return int(path.name[:2])


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest, learner_home: Path) -> Iterator[OpenNotebook]:
    """Run up to the check, by a learner without any progress."""
    import nbclient
    import nbformat

    path: Path = request.param
    document = nbformat.read(path, as_version=4)
    cells = enumerate(document.cells)
    code = {index: cell.source for index, cell in cells if cell.cell_type == "code"}
    stub = next(index for index, text in code.items() if "raise NotImplementedError" in text)
    check = next(index for index, text in code.items() if text.startswith("ex.check("))
    resources = {"metadata": {"path": str(path.parent)}}
    client = nbclient.NotebookClient(document, timeout=60, resources=resources)
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    with client.setup_kernel(env=environment):
        opened = OpenNotebook(number_of(path), client, stub, check)
        opened.run(0)
        yield opened


def named(name: str) -> Entry:
    return next(each for each in [*entries("right"), *entries("wrong")] if each.name == name)


def test_a_notebook_says_what_the_learner_has_written(notebook: OpenNotebook) -> None:
    right, wrong = map(named, SOLUTIONS[notebook.exercise])
    assert ": TODO." in notebook.verdict
    notebook.write(wrong)
    assert ": FAIL." in notebook.verdict
    assert any(f": {diagnosis}" in notebook.verdict for diagnosis in wrong.answers)
    notebook.write(right)
    assert ": PASS." in notebook.verdict


def test_every_exercise_is_solved_here() -> None:
    assert set(map(number_of, NOTEBOOKS)) == set(SOLUTIONS)

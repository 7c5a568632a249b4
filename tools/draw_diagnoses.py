"""Writes docs/diagnoses/: what each diagnosis means, with a solution of the catalogue that gets it.

    python tools/draw_diagnoses.py

Every picture shows what the course itself says of that solution, or of a small program that hangs.
"""

from __future__ import annotations

import dataclasses
import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ipclab.exercises import exercise
from ipclab.exercises.diagnoses import DIAGNOSES
from ipclab.sandbox import run
from ipclab.sandbox.look import png

if TYPE_CHECKING:
    from collections.abc import Callable

    from entries import Entry

    from ipclab.exercises.report import Report

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "diagnoses"
WIDTH = 92  # columns
INTRODUCTION = """# The diagnoses

What a check says when a requirement is not met, in the order of `ipclab/exercises/diagnoses.py`. The words
are stable: reports, graders and tests rely on them. Each comes with a solution of `tests/catalogue` that
gets it, and what `ipclab check` says of that. This page is made by `tools/draw_diagnoses.py`.
"""


def never_closes_its_write_end() -> bytes:
    read_fd, write_fd = os.pipe()
    if os.fork() == 0:
        os.write(write_fd, b"hello")
        os._exit(0)
    return b"".join(iter(lambda: os.read(read_fd, 100), b""))


def child_keeps_its_read_end() -> None:
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write_fd, bytes(1 << 20))
        os._exit(0)
    os.close(read_fd)
    os.close(write_fd)
    os.waitpid(pid, 0)


def one_stream_after_the_other() -> None:
    (out, out_write), (err, err_write) = os.pipe(), os.pipe()
    if os.fork() == 0:
        os.write(err_write, bytes(1 << 20))
        os._exit(0)
    os.close(out_write)
    os.close(err_write)
    for fd in (out, err):
        while os.read(fd, 65536):
            pass


def waits_first() -> None:
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write_fd, bytes(1 << 20))
        os._exit(0)
    os.close(write_fd)
    os.waitpid(pid, 0)
    os.read(read_fd, 1 << 20)


def fills_a_pipe_alone() -> None:
    _, write_fd = os.pipe()
    while True:
        os.write(write_fd, bytes(4096))


HANGS: dict[str, Callable[[], object]] = {
    "write-end-left-open": never_closes_its_write_end,
    "read-end-left-open": child_keeps_its_read_end,
    "pipe-full-deadlock": one_stream_after_the_other,
    "wait-before-read": waits_first,
    "hang": fills_a_pipe_alone,
}


def page() -> str:
    """The text of the page; the pictures are written on the way."""
    parts, examples = [INTRODUCTION], _examples()
    for word, (meaning, reference) in DIAGNOSES.items():
        parts += [f"\n## {word}\n", f"{meaning} *{reference}*"]
        if word in HANGS:
            parts.append(_picture_of_hang(word))
        if word in examples:
            parts.append(_example(word, examples[word]))
    return "\n".join(parts) + "\n"


def _examples() -> dict[str, Entry]:
    """For each diagnosis a plain solution that gets it, of the first exercise that has one."""
    sys.path.insert(0, str(ROOT / "tests" / "catalogue"))
    from entries import entries, one_for_each_diagnosis

    found = sorted(one_for_each_diagnosis(entries("wrong")), key=lambda entry: -entry.exercise)
    return {entry.answers[0]: entry for entry in found}


def _picture_of_hang(word: str) -> str:
    outcome = run(HANGS[word])
    assert outcome.stuck is not None and outcome.stuck.diagnosis == word, outcome
    picture = outcome.show()
    (FOLDER / f"{word}.png").write_bytes(png(picture))
    return f"\n![{picture.alt}]({word}.png)"


def _example(word: str, entry: Entry) -> str:
    report = exercise(entry.exercise).check_file(entry.path)
    first = report.first_failure
    assert first is not None and first.diagnosis in entry.answers, report
    (FOLDER / f"{word}.svg").write_text(_as_svg(report))
    code = re.sub(r"\A(#.*\n)+\n*", "", entry.path.read_text()).rstrip()
    said = " ".join(f"{first.name}: {first.evidence}".split())
    return (
        f"\n<details><summary>A solution of exercise {entry.exercise} that gets it</summary>\n\n"
        f"```python\n{code}\n```\n\n</details>\n\n![{said}]({word}.svg)"
    )


def _as_svg(report: Report) -> str:
    """The first failure as a terminal shows it; no font is fetched from anywhere."""
    from rich.console import Console

    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    only = tuple(each for each in report.requirements if each is report.first_failure)
    console.print(dataclasses.replace(report, requirements=only))
    svg = console.export_svg(title=f"ipclab check {report.exercise}", unique_id="diagnosis")
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in (*FOLDER.glob("*.svg"), *FOLDER.glob("*.png")):
        old.unlink()
    (FOLDER / "README.md").write_text(page())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

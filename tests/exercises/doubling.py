"""A whole exercise in a few lines: `double(n)` and `Box`, checked as the course's own ones are."""

from __future__ import annotations

from types import SimpleNamespace

from ipclab.exercises import Exercise
from ipclab.exercises.checking import Exam, Finding, Requirement, failed, passed, skipped


def call_double(functions: SimpleNamespace, n: int) -> dict[str, object]:
    return {"result": functions.double(n)}


def use_box(functions: SimpleNamespace, content: str) -> dict[str, object]:
    return {"result": functions.Box(content).get(), "double": functions.double(2)}


def doubles(exam: Exam, n: int) -> Finding:
    run = exam.run(call_double, n, deadline=1.0)
    if problem := exam.trouble(run):
        return problem
    result = run.value["result"]
    if result != 2 * n:
        return failed("wrong-result", f"double({n}) returned {result!r}, not {2 * n}")
    return passed(f"double({n}) returned {result}")


def any_number(exam: Exam) -> Finding:
    return doubles(exam, exam.random.randrange(1, 1_000_000))


def zero(exam: Exam) -> Finding:
    return doubles(exam, 0)


def not_examined(exam: Exam) -> Finding:
    return skipped("this machine can't show it")


def keeps(exam: Exam) -> Finding:
    run = exam.run(use_box, "content")
    return exam.trouble(run) or passed(f"get returned {run.value['result']!r}")


DOUBLE = Exercise(
    number=98,
    slug="double",
    title="Doubling",
    stars=1,
    names=("double",),
    stub='def double(n):\n    """Twice n."""\n    raise NotImplementedError\n',
    spec="Write `double(n)`, which returns twice the number `n`.",
    hints=("An operator does it.", "n + n"),
    model="ipclab.exercises.report.title",
    requirements=(
        Requirement("doubles any number", any_number),
        Requirement("doubles zero", zero, needs=("doubles any number",)),
        Requirement("is fast", not_examined),
    ),
    choices={"a": "it overflows", "b": "it does not"},
)

PAIR = Exercise(
    number=97,
    slug="pair",
    title="A pair",
    stars=2,
    names=("double", "Box"),
    stub="class Box: ...\n",
    spec="Write `double` and `Box`.",
    hints=("Keep it.",),
    model="ipclab.exercises.report",
    requirements=(Requirement("keeps its content", keeps),),
)

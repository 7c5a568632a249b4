"""Does a solution of exercise 12 leave its caller's things alone, and pass on what it should?"""

from __future__ import annotations

from ipclab.exercises.checking import Exam, Finding, failed, passed

from . import scenarios
from .judging import DEADLINE, mismatch, trouble
from .scenarios import Expected, actor, expected


def examine_inheritance(exam: Exam) -> Finding:
    token = f"token-{exam.random.randrange(1 << 30)}"
    run = exam.run(scenarios.call_in_surroundings, actor("w"), token, deadline=DEADLINE)
    wanted = Expected(repr(("/tmp", token, 0o027, token.encode())).encode(), b"", 0)
    what = "A program that prints its directory, a variable, its umask and its stdin"
    return (
        trouble(exam, run)
        or mismatch(what, wanted, run.value, run)
        or passed("The program had the caller's stdin, environment, directory and umask.")
    )


def examine_descriptors(exam: Exam) -> Finding:
    run = exam.run(scenarios.call, [actor("f")], deadline=DEADLINE)
    if problem := trouble(exam, run):
        return problem
    if not isinstance(run.value[0], tuple):
        return failed("wrong-result", f"It returned {run.value[0]}.")
    lines = run.value[0][0].decode(errors="replace").splitlines()
    extra = [line for line in lines if line.split()[0] not in ("0", "1", "2")]
    if extra:
        return failed(
            "fd-leak",
            f"The program started with more than descriptors 0, 1 and 2: {', '.join(extra)}.",
        )
    return passed("The program had descriptors 0, 1 and 2, and no other.")


def examine_closed(exam: Exam) -> Finding:
    subsets = [[1], [2], [0], [1, 2], [0, 1], [0, 2], [0, 1, 2]]
    steps = ["o300", "e400", "x5"]
    run = exam.run(scenarios.call_with_closed, actor(*steps), subsets, deadline=DEADLINE)
    if problem := trouble(exam, run):
        return problem
    for subset, got, failure, left_open in run.value:
        what = f"With the caller's descriptor {' and '.join(map(str, subset))} closed"
        if problem := mismatch(what, expected(steps), got, run):
            return problem
        if not (isinstance(failure, str) and failure.startswith("FileNotFoundError")):
            return failed(
                "exec-failure-hidden",
                f"{what}: for a file that does not exist it brought {failure}.",
            )
        if extra := sorted(set(left_open) & set(subset)):
            return failed("fd-leak", f"{what}: afterwards {extra[0]} was open.")
        if missing := sorted({0, 1, 2} - set(subset) - set(left_open)):
            return failed(
                "wrong-result",
                f"{what}: it has closed the caller's descriptor {missing[0]} as well.",
            )
    return passed("It also worked for a caller that had closed some of 0, 1 and 2, or all.")


def examine_caller(exam: Exam) -> Finding:
    token = f"unflushed-{exam.random.randrange(1 << 30)}"
    steps = ["o5", "e5", "x6"]
    run = exam.once(
        "caller",
        lambda: exam.run(scenarios.call_among_others, actor(*steps), token, deadline=DEADLINE),
    )
    if problem := trouble(exam, run):
        return problem
    if problem := mismatch(
        "In a caller that has other children", expected(steps), run.value["result"], run
    ):
        return problem
    if run.value["children"] != [7, 7]:
        return failed(
            "exit-status-lost",
            "It waited for another child of its caller, whose exit status the caller can't get any more.",
        )
    if run.stdout.count(token.encode()) != 1:
        return failed(
            "child-escapes",
            f"The caller's unflushed output appeared {run.stdout.count(token.encode())} times instead of once.",
        )
    if run.value["changed"]:
        kind = "flags-changed" if run.value["changed"] == [scenarios.FLAGS] else "wrong-result"
        return failed(kind, f"It changed {' and '.join(run.value['changed'])} of its caller.")
    return passed(
        "The caller's other children, output, signal handlers and directory were as before."
    )

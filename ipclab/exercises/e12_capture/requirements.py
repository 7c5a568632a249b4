"""How is a solution of exercise 12 judged? One function for each requirement."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, left_behind, passed
from ipclab.sandbox import Run

from . import meanings, scenarios, surroundings
from .judging import DEADLINE, mismatch, trouble
from .scenarios import Expected, actor, expected

BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait


def _judge(exam: Exam, cases: list[tuple[str, list[str]]]) -> Finding:
    """Capture programs that do these steps, one after the other, and compare."""
    run = exam.run(scenarios.call, [actor(*steps) for _, steps in cases], deadline=DEADLINE)
    if problem := trouble(exam, run):
        return problem
    for (what, steps), got in zip(cases, run.value, strict=True):
        if problem := mismatch(what, expected(steps), got, run):
            return problem
    return passed(f"{len(cases)} programs: {'; '.join(what for what, _ in cases)}.")


def _judge_each(exam: Exam, cases: list[tuple[str, list[str]]]) -> Finding:
    """The same in a run each: so that a hang in one does not hide what was wrong with another."""
    for case in cases:
        finding = _judge(exam, [case])
        if finding.status != "pass":
            return finding
    return passed(f"{len(cases)} programs: {'; '.join(what for what, _ in cases)}.")


def _first(exam: Exam) -> Run:
    """One small program, as the first trial."""
    script = "printf 'to stdout'; printf 'to stderr' >&2; exit 3"
    return exam.once(
        "first", lambda: exam.run(scenarios.call, [["/bin/sh", "-c", script]], deadline=DEADLINE)
    )


def _examine_way(exam: Exam) -> Finding:
    run = _first(exam)
    if problem := trouble(exam, run):
        return problem
    if not any(event.name == "os.fork" for event in run.events):
        if run.value == [(b"to stdout", b"to stderr", 3)]:
            return failed("forbidden-shortcut", "The program ran, but not by os.fork.")
        return failed("wrong-result", f"No child was forked. It returned {run.value[0]}.")
    return passed("It forked a child, and returned.")


def _examine_result(exam: Exam) -> Finding:
    run = _first(exam)
    wanted = Expected(b"to stdout", b"to stderr", 3)
    what = "A program that writes to both streams and exits with 3"
    return mismatch(what, wanted, run.value[0], run) or passed(f"{what}: {run.value[0]}.")


def _examine_bytes(exam: Exam) -> Finding:
    exam.begin("patience", lambda: _be_patient(exam))  # it takes a second
    return _judge(
        exam,
        [
            ("nothing written", ["x0"]),
            ("one byte each", ["o1", "e1"]),
            ("every byte value", ["o256", "e300"]),
            ("blanks around", ["b"]),
            ("slowly", ["o2", "s60", "o2", "e3", "s60", "x1"]),
        ],
    )


def _examine_large(exam: Exam) -> Finding:
    extra = exam.random.randrange(1 << 17, 1 << 18)
    return _judge_each(
        exam,
        [
            ("65,535 bytes to each", ["o65535", "e65535"]),
            ("65,536 bytes to stdout", ["o65536"]),
            ("65,537 bytes to stdout", ["o65537"]),
            ("65,537 bytes to stderr", ["e65537"]),
            ("1 MiB to stderr, then to stdout", ["e1048577", "o1048577", "x4"]),
            ("1 MiB to stdout, then to stderr", ["o1048577", "e1048577", "o1"]),
            (f"{extra:,} bytes, in turn", [f"o{extra}", f"e{extra}", f"o{extra}", f"e{extra}"]),
        ],
    )


def _examine_status(exam: Exam) -> Finding:
    cases = [(f"exit status {status}", ["o3", f"x{status}"]) for status in (0, 1, 2, 127, 255)]
    cases += [(f"killed by signal {number}", ["o3", "e3", f"k{number}"]) for number in (9, 15, 6)]
    return _judge(exam, cases)


_FAILURES = {
    "missing": ("FileNotFoundError", errno.ENOENT, "a file that does not exist"),
    "not-executable": ("PermissionError", errno.EACCES, "a file without execute permission"),
    "folder": ("PermissionError", errno.EACCES, "a directory"),
    "no-format": ("OSError", errno.ENOEXEC, "a file that is no program"),
}


def _examine_exec_failure(exam: Exam) -> Finding:
    run = exam.once(
        "failing", lambda: exam.run(scenarios.call_what_fails, list(_FAILURES), deadline=DEADLINE)
    )
    if problem := trouble(exam, run):
        return problem
    for name, outcome in zip(_FAILURES, run.value, strict=True):
        kind, number, what = _FAILURES[name]
        wanted = f"{kind} ({errno.errorcode[number]})"
        if outcome[0] == "returned":
            return failed(
                "exec-failure-hidden",
                f"For {what} it returned {outcome[1]} instead of raising {wanted}.",
            )
        right = outcome[2] == number or (outcome[2] is None and outcome[1] == kind != "OSError")
        if not right:
            shown = f"{outcome[1]} ({errno.errorcode.get(outcome[2], 'no errno')})"
            return failed(
                "exec-failure-hidden", f"For {what} it raised {shown} instead of {wanted}."
            )
    return passed("FileNotFoundError, PermissionError and ENOEXEC were raised as they should be.")


def _examine_arguments(exam: Exam) -> Finding:
    arguments = ["", "two words", "$HOME", "*", "'\"\\", "-x", "é", f"{exam.random.random()}"]
    argv = [*actor()[:3], "-c", scenarios.ECHO_ARGUMENTS, *arguments]
    run = exam.run(scenarios.call, [argv], deadline=DEADLINE)
    wanted = Expected(repr(arguments).encode(), b"", 0)
    return (
        trouble(exam, run)
        or mismatch("A program that prints its arguments", wanted, run.value[0], run)
        or passed("Empty arguments, blanks and quotes arrived as they were.")
    )


_PATIENCE = (
    (
        "A program that closes stdout and sleeps for a second",
        ["s100", "o4", "c1", "s1000", "e4", "x9"],
    ),
    (
        "A program that closes both streams and sleeps for a second",
        ["o4", "c1", "e4", "c2", "s1000", "x9"],
    ),
)


def _be_patient(exam: Exam) -> list[Run]:
    def run_one(steps: list[str]) -> Run:
        return exam.run(scenarios.call_while_it_sleeps, actor(*steps), deadline=DEADLINE)

    with ThreadPoolExecutor() as pool:
        return list(pool.map(run_one, [steps for _, steps in _PATIENCE]))


def _examine_patience(exam: Exam) -> Finding:
    runs = exam.once("patience", lambda: _be_patient(exam))
    for (what, steps), run in zip(_PATIENCE, runs, strict=True):
        if problem := trouble(exam, run) or mismatch(
            what, expected(steps), run.value["result"], run
        ):
            return problem
        share = run.value["cpu"] / run.value["elapsed"]
        if share > BUSY:
            return failed("busy-wait", f"{what}: meanwhile {share:.0%} of a processor was used.")
    return passed("Waiting for a program that slept cost next to no processor time.")


def _examine_leaks(exam: Exam) -> Finding:
    return left_behind(exam.runs) or passed("No descriptor, process, thread or file was left.")


WORKS = "it runs a program by fork and exec, and returns"
RESULT = "it returns stdout, stderr and exit status"
REQUIREMENTS = (
    Requirement(WORKS, _examine_way, meanings=meanings.NO_CHILD),
    Requirement(RESULT, _examine_result, needs=(WORKS,)),
    Requirement("it returns the bytes as they were written", _examine_bytes, needs=(WORKS, RESULT)),
    Requirement("it takes any amount from both streams", _examine_large, needs=(WORKS, RESULT)),
    Requirement(
        "it returns every exit status, also of a killed program",
        _examine_status,
        needs=(WORKS, RESULT),
    ),
    Requirement(
        "it raises the OSError when the program can't be executed",
        _examine_exec_failure,
        needs=(WORKS,),
    ),
    Requirement(
        "it passes the arguments unchanged",
        _examine_arguments,
        needs=(WORKS, RESULT),
        meanings=meanings.ARGUMENTS,
    ),
    Requirement(
        "the program inherits its surroundings",
        surroundings.examine_inheritance,
        needs=(WORKS, RESULT),
        meanings=meanings.SURROUNDINGS,
    ),
    Requirement(
        "the program gets no other descriptors",
        surroundings.examine_descriptors,
        needs=(WORKS, RESULT),
        meanings=meanings.PROGRAMS_DESCRIPTORS,
    ),
    Requirement("it leaves no descriptor, process, thread or file", _examine_leaks, needs=(WORKS,)),
    Requirement(
        "it leaves the caller's things alone",
        surroundings.examine_caller,
        needs=(WORKS, RESULT),
        meanings=meanings.CALLERS_THINGS,
    ),
    Requirement(
        "it works when the caller has closed 0, 1 or 2",
        surroundings.examine_closed,
        needs=(WORKS, RESULT),
        meanings=meanings.CLOSED_DESCRIPTORS,
    ),
    Requirement("it waits without using the processor", _examine_patience, needs=(WORKS, RESULT)),
)

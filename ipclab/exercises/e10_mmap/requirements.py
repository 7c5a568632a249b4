"""How is a solution of exercise 10 judged? One function for each requirement."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ipclab.exercises.checking import (
    RUN_DEADLINE,
    Exam,
    Finding,
    Requirement,
    failed,
    left_behind,
    passed,
)
from ipclab.sandbox import Run

from .cases import CHAINS, OVERLAPS, PLAIN, REFUSED, awkward, places, random_cases
from .scenarios import BEGUN, LARGE, Case, call_each, large, short, spied_on
from .watching import GROWN

LARGE_DEADLINE = 8.0  # seconds for a call on 64 MiB
MANY_DEADLINE = 8.0  # for dozens of calls, each of which may fork
WRITTEN_CASE = Case(b"-".join([b"old " * 64] * 64), b"old " * 64, b"new " * 64)


def _trouble(exam: Exam, run: Run, cases: Sequence[Case]) -> Finding | None:
    """Why a run brought no answer, behind the call that was under way; None when it did bring one."""
    problem, begun = exam.trouble(run), run.stderr.count(BEGUN)
    if not problem or not begun:
        return problem
    return _at(cases[min(begun, len(cases)) - 1], problem)


def _at(what: object, problem: Finding) -> Finding:
    text = problem.evidence
    return replace(problem, evidence=f"{what}: {text[:1].lower()}{text[1:]}")


def _examine_plain(exam: Exam) -> Finding:
    run = exam.run(call_each, list(PLAIN))
    if problem := _trouble(exam, run, PLAIN):
        return problem
    for case, seen in zip(PLAIN, run.value, strict=True):
        if not _unchanged(case, seen):
            continue
        spied = exam.run(spied_on, case)
        if not exam.trouble(spied) and spied.value["private"]:
            return failed(
                "private-mapping",
                f"{case}: it returned {seen['outcomes'][0][2]}, and the file still holds the same bytes."
                " The mapping was private.",
            )
    return _judge(PLAIN, run.value)


def _unchanged(case: Case, seen: dict[str, Any]) -> bool:
    wrongly = seen["unchanged"] and case.after != case.content
    return wrongly and seen["outcomes"][0][0] == "returned"


def _judge(cases: Sequence[Case], seen: Sequence[dict[str, Any]]) -> Finding:
    """Compare what each call returned and left in the file with bytes.count and bytes.replace."""
    for case, each in zip(cases, seen, strict=True):
        if problem := _judge_one(case, each):
            return problem
    return passed(
        f"{len(cases)} files, {sum(c.content.count(c.old) for c in cases):,} matches: right."
    )


def _judge_one(case: Case, seen: dict[str, Any]) -> Finding | None:
    [(how, value, shown), *_] = seen["outcomes"]
    if how == "raised":
        return failed("exception", f"{case}: it raised {shown}.")
    if value != case.content.count(case.old):
        right = case.content.count(case.old)
        return failed("wrong-result", f"{case}: it returned {shown}, and there are {right:,}.")
    if seen["difference"]:
        return failed("wrong-result", f"{case}: {seen['difference']}.")
    return None


def _examine_way(exam: Exam) -> Finding:
    run = exam.run(call_each, [WRITTEN_CASE])
    if problem := _trouble(exam, run, [WRITTEN_CASE]):
        return problem
    [seen] = run.value
    if seen["outcomes"][0][0] == "raised":
        return _judge([WRITTEN_CASE], [seen])
    if not seen["same_file"]:
        return failed(
            "forbidden-shortcut",
            "After the call another file stood at the path, or its size or mode had changed. The bytes are"
            " to be changed in the file that is there.",
        )
    replaced = WRITTEN_CASE.content.count(WRITTEN_CASE.old) * len(WRITTEN_CASE.old)
    if seen["written"] >= replaced:
        return failed(
            "forbidden-shortcut",
            f"It gave {seen['written']:,} bytes to write, where {replaced:,} were to be replaced. What is"
            " stored into a mapping needs no write.",
        )
    return passed("The same file, and its bytes were stored and not written.")


def _examine_refused(exam: Exam) -> Finding:
    run = exam.run(call_each, list(REFUSED))
    if problem := _trouble(exam, run, REFUSED):
        return problem
    for case, seen in zip(REFUSED, run.value, strict=True):
        word = "size-not-checked" if case.old else "wrong-result"
        how, kind, shown = seen["outcomes"][0]
        if seen["difference"]:
            return failed(word, f"{case}: the file must stay as it is; {seen['difference']}.")
        if how == "returned":
            return failed(word, f"{case}: it returned {shown} instead of raising ValueError.")
        if "ValueError" not in kind:
            word = "size-not-checked" if case.old else "exception"
            return failed(word, f"{case}: it raised {shown} instead of ValueError.")
    return passed(f"{len(REFUSED)} calls raised ValueError and changed nothing.")


def _about(cases: Sequence[Case], deadline: float = RUN_DEADLINE) -> Callable[[Exam], Finding]:
    return lambda exam: _examine_cases(exam, cases, deadline)


def _examine_random(exam: Exam) -> Finding:
    return _examine_cases(exam, random_cases(exam.random), MANY_DEADLINE)


def _examine_cases(exam: Exam, cases: Sequence[Case], deadline: float) -> Finding:
    run = exam.run(call_each, list(cases), deadline=deadline)
    return _trouble(exam, run, cases) or _judge(cases, run.value)


def _examine_twice(exam: Exam) -> Finding:
    case = Case(b"ab" * 50, b"ab", b"cd")
    run = exam.run(call_each, [case], 2)
    if problem := _trouble(exam, run, [case]) or _judge_one(
        case, run.value[0] | {"difference": ""}
    ):
        return problem
    how, value, shown = run.value[0]["outcomes"][1]
    if how == "raised":
        return failed("exception", f"The second call on {case}: it raised {shown}.")
    if value != 0:
        return failed("wrong-result", f"The second call on {case} returned {shown}, not 0.")
    return passed("The second call found nothing more.")


def _examine_large(exam: Exam) -> Finding:
    old, new = _large_words(exam)
    spots = places(exam.random, len(old))
    run = exam.run(large, old, new, spots, deadline=LARGE_DEADLINE)
    what = f"A file of 64 MiB with {len(spots)} matches of {len(old)} bytes"
    if problem := exam.trouble(_without_watcher(run)):
        return _copied_slowly(what, run) or _at(what, problem)
    seen = run.value
    how, value, shown = seen["outcome"]
    if how == "raised":
        return failed("exception", f"{what}: it raised {shown}.")
    if value != len(spots):
        return failed("wrong-result", f"{what}: it returned {shown}.")
    if seen["differs_at"] is not None:
        return failed("wrong-result", f"{what}: MiB {seen['differs_at']} is not what it should be.")
    return _judge_memory(what, seen, len(spots) * len(old))


def _without_watcher(run: Run) -> Run:
    """The run as the learner knows it: the watcher is an orphan, and none of the solution's doing."""
    if not run.stuck:
        return run
    sentences = (each for each in run.stuck.sentences if not each.startswith("orphan "))
    return replace(run, stuck=replace(run.stuck, sentences=tuple(sentences)))


def _copied_slowly(what: str, run: Run) -> Finding | None:
    """Whoever copies the file again and again runs out of time, and the copies are the reason."""
    if not run.stuck or GROWN not in run.stderr:
        return None
    return failed(
        "forbidden-shortcut",
        f"{what}: the process's own memory (RssAnon) grew by more than {LARGE >> 21} MiB, and after"
        f" {LARGE_DEADLINE:g} s it had not returned. Most of the file was copied.",
    )


def _large_words(exam: Exam) -> tuple[bytes, bytes]:
    letters = bytes(exam.random.sample(range(1, 256), 40))
    return letters * 10, letters[::-1] * 10


def _judge_memory(what: str, seen: dict[str, Any], replaced: int) -> Finding:
    if seen["copied"] is None:
        return failed("exception", f"{what}: how much memory it took could not be seen any more.")
    grown = f"{seen['copied'] / (1 << 20):,.0f} MiB"
    if seen["copied"] > LARGE // 2:
        return failed(
            "forbidden-shortcut",
            f"{what}: the process's own memory (RssAnon) grew by {grown}. That is a copy of the file.",
        )
    if seen["written"] >= replaced or not seen["same_file"]:
        return failed(
            "forbidden-shortcut", f"{what}: the bytes were written, or the file replaced."
        )
    return passed(f"{what}: right, and the process's own memory grew by {grown}.")


def _examine_leaks(exam: Exam) -> Finding:
    for run in exam.runs:
        if run.stuck or not isinstance(run.value, list):
            continue
        for seen in run.value:
            if seen["left_open"] > 0:
                how, _, shown = seen["outcomes"][-1]
                return failed(
                    "fd-leak",
                    f"After a call that {how} {shown}, {seen['left_open']} descriptors or mappings of the"
                    " file were open that had not been before.",
                )
            if seen["entries"]:
                return failed("name-leak", f"Beside the file it left {short(seen['entries'][0])}.")
    return left_behind(exam.runs) or passed("No descriptor, mapping or file was left.")


AT_ALL = "it replaces what is there, and counts it"
GOES_ON = "what was stored is not searched again"
REQUIREMENTS = (
    Requirement(AT_ALL, _examine_plain),
    Requirement("it stores through a mapping of this very file", _examine_way, needs=(AT_ALL,)),
    Requirement("it refuses lengths that differ, and nothing", _examine_refused, needs=(AT_ALL,)),
    Requirement(
        "an empty file has no match",
        _about((Case(b"", b"a", b"b"), Case(b"", b"abc", b"abd"))),
        needs=(AT_ALL,),
    ),
    Requirement("matches do not overlap", _about(OVERLAPS), needs=(AT_ALL,)),
    Requirement(GOES_ON, _about(CHAINS), needs=(AT_ALL,)),
    Requirement(
        "matches may lie anywhere, and any byte may stand in them",
        _about(awkward(mmap.PAGESIZE), MANY_DEADLINE),
        needs=(AT_ALL, GOES_ON),
    ),
    Requirement("it is right for files of all kinds", _examine_random, needs=(AT_ALL, GOES_ON)),
    Requirement("it is right a second time", _examine_twice, needs=(AT_ALL,)),
    Requirement("a file of 64 MiB is not copied", _examine_large, needs=(AT_ALL,)),
    Requirement("it leaves nothing open", _examine_leaks, needs=(AT_ALL,)),
)

"""What must a solution of exercise 11 do? Real processes first, then every order of a few steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, passed

from . import judging, meanings, scenes
from .items import described, item, shown
from .judging import Found
from .orders import examine_orders
from .scenes import the_run
from .stage import is_busy


def _found(exam: Exam, name: str, what: str, crashed: bool = False) -> tuple[Finding | None, Found]:
    """What a scenario found, and the call that ended it, if one did."""
    problem, found = judging.outcome_of(exam, the_run(exam, name))
    return problem or judging.trouble(exam, what, found, crashed), found


def _examine_moves(exam: Exam) -> Finding:
    for name, what in (
        ("first", "Capacity 4, items of up to 300 bytes"),
        ("one place", "Capacity 1, items of up to 1 byte"),
        ("long items", "Capacity 2, items of up to 70,000 bytes"),
        ("no size", "Capacity 2, items of 0 bytes only"),
        ("brimful", "Capacity 3, and 3 items and finish before the first consumer came"),
        ("ended", "Capacity 4, and 3 items, finish and close before the first consumer came"),
    ):
        problem, found = judging.outcome_of(exam, the_run(exam, name))
        if problem := (
            problem
            or judging.sequence(what, found)
            or judging.trouble(exam, what, found)
            or judging.ends(what, found)
        ):
            problem = _with_reason(exam, problem)
            scenes.call_off(exam)
            return problem
        if name == "first":
            scenes.begin(exam, *scenes.MOVES, *scenes.LONG)
    scenes.begin(exam)
    return passed(
        "Items of 0 to 70,000 bytes came out as they were put in, NULs at the end included."
    )


_LOCKS = {"lock-not-released", "self-deadlock", "waits-holding-lock", "lock-order-deadlock"}
_ASLEEP = {"hang", "lost-wakeup", "lost-item"}


def _with_reason(exam: Exam, problem: Finding) -> Finding:
    """A call that never came back: is it a lock? What was seen from outside does not tell, an order of steps does."""
    if "never came back" not in problem.evidence or problem.diagnosis not in _ASLEEP:
        return problem
    reason = examine_orders(exam)
    return reason if reason.diagnosis in _LOCKS else problem


def _examine_refusing(exam: Exam) -> Finding:
    what = "Items of more than item_size bytes"
    problem, found = judging.outcome_of(exam, the_run(exam, "refusing"))
    if problem:
        return problem
    for raised in found["refused"]:
        if raised is None:
            return failed("size-not-checked", f"{what}: put took one, and raised no ValueError.")
        if "ValueError" not in raised["kinds"]:
            return failed(
                "exception",
                f"{what}: put raised {raised['type']}: {raised['message']}, not ValueError.",
            )
    return (
        judging.sequence(what, found)
        or judging.trouble(exam, what, found)
        or passed("Longer items were refused with ValueError, and the buffer went on as before.")
    )


def _examine_waiting(look: Callable[[Exam], Finding], exam: Exam) -> Finding:
    finding = look(exam)
    if finding.status == "fail":
        scenes.call_off(exam, *scenes.NEED_WAITING)
    return finding


def _examine_full(exam: Exam) -> Finding:
    for capacity in scenes.FILLED:
        what = f"Filled to its capacity of {capacity}"
        problem, found = judging.outcome_of(exam, the_run(exam, f"filled {capacity}"))
        if problem := (
            problem
            or judging.sequence(what, found, "overwritten-item", "torn-read")
            or _never_waited(what, found, capacity)
            or judging.trouble(exam, what, found)
        ):
            return problem
    return passed("put waits while the buffer is full, and goes on as soon as a place is free.")


def _never_waited(what: str, found: Found, capacity: int) -> Finding | None:
    """put took item upon item; when get then finds none, they went into one another's places."""
    if found["waited"] or found["accepted"] <= 2 * capacity + 2:
        return None
    told = f"{what}: put never waited; {found['accepted']} items went in, and nobody took one out."
    facts = found["trouble"]
    if facts is None:
        return failed("wrong-result", told)
    if facts["kind"] != "stuck":
        return None
    return failed(
        "overwritten-item",
        f"{told} Then get returned {len(found['got'])} of them, and waited as if there were no more.",
    )


def _examine_empty(exam: Exam) -> Finding:
    for capacity, consumers in scenes.STARVED:
        what = f"Empty, with {consumers} waiting for items"
        problem, found = _found(exam, f"starved {(capacity, consumers)}", what)
        if problem := problem or judging.early(what, found) or _wrong_answers(what, found):
            return problem
        if problem := judging.ends(what, found):
            return problem
    return passed(
        "get waits while the buffer is empty; each item wakes one consumer, finish wakes all."
    )


def _wrong_answers(what: str, found: Found) -> Finding | None:
    """Each item that is put wakes one of those who wait, which gets it."""
    for number, seen in found["answers"]:
        if seen is None:
            return failed(
                "wrong-result", f"{what}: get returned None, and finish had not been called."
            )
        if seen != described(item(number, 50)):
            told = f"{what}: item {number} was put, and get returned {shown(seen)}."
            earlier = [described(item(each, 50)) for each in range(number)]
            return failed("duplicated-item" if seen in earlier else "torn-read", told)
    often = Counter(number for number, _ in found["answers"])
    for number, times in often.items():
        if times > 1:
            return failed("duplicated-item", f"{what}: {times} consumers got item {number}.")
    return None


def _examine_patience(exam: Exam) -> Finding:
    for name, what in (("put waits", "full"), ("get waits", "empty")):
        problem, found = _found(exam, name, f"The buffer was {what} for a second")
        if problem:
            return problem
        for seen in found.get("shares", []):
            if is_busy(seen):
                return failed(
                    "busy-wait",
                    f"The buffer was {what} for {scenes.WAIT:.0f} s: meanwhile {name.split()[0]} used"
                    f" {seen['share']:.0%} of a processor, and was running or ready to run in"
                    f" {seen['running']:.0%} of the looks at it.",
                )
    return passed(
        "A second of waiting cost next to no processor time, on a full buffer and on an empty one."
    )


def _examine_crowds(exam: Exam) -> Finding:
    for name in scenes.CROWDS:
        if problem := _examine_crowd(exam, name):
            return problem
    return passed(
        f"{len(scenes.CROWDS)} times, with 1 to 4 consumers, each item reached exactly one of them."
    )


def _examine_crowd(exam: Exam, name: str) -> Finding | None:
    problem, found = judging.outcome_of(exam, the_run(exam, name))
    what = name[0].upper() + name[1:]
    if problem or "lost" not in found:
        return problem or judging.trouble(exam, what, found)
    return judging.delivered(what, found) or judging.trouble(exam, what, found)


def _examine_many(exam: Exam) -> Finding:
    return _examine_crowd(exam, scenes.MANY) or passed("No number ran over, and no item was lost.")


def _examine_names(exam: Exam) -> Finding:
    for name, what in (
        ("strangers", "Three programs that were started apart, and have nothing but the name"),
        ("short names", "Three buffers with short names"),
        ("long names", "Three buffers with long names (251 bytes)"),
    ):
        problem, found = judging.outcome_of(exam, the_run(exam, name))
        if problem := (
            problem
            or judging.sequence(what, found)
            or judging.trouble(exam, what, found)
            or _names_left(what, found)
        ):
            return problem
    return passed(
        "Programs that were started apart meet by the name alone, names of 1 to 251 bytes work, and"
        " buffers do not get in one another's way."
    )


def _examine_crashes(exam: Exam) -> Finding:
    for crash in scenes.CRASHES:
        what = f"All its processes were killed {crash}, and the name was used again"
        problem, found = judging.outcome_of(exam, the_run(exam, f"again {crash}"))
        if problem:
            return problem
        if not found.get("killed"):
            return judging.trouble(exam, what, found) or failed("hang", what)
        if problem := _stale(what, found) or judging.trouble(exam, what, found, crashed=True):
            return problem
        if problem := judging.ends(what, found) or _names_left(what, found):
            return problem
    for method in scenes.METHODS:
        what = f"A process was killed in the middle of {method}, and the name was used again"
        problem, found = judging.outcome_of(exam, the_run(exam, f"{method} killed"))
        if problem := (
            problem
            or _stale(what, found)
            or judging.trouble(exam, what, found, crashed=found.get("killed", False))
        ):
            return problem
    return passed("create replaces what a crash has left, whatever state and size that had.")


def _stale(what: str, found: Found) -> Finding | None:
    if problem := judging.sequence(what, found):
        return failed("stale-name", problem.evidence)
    return None


def _names_left(what: str, found: Found) -> Finding | None:
    if found["names"]:
        return failed("name-leak", f"{what}: after unlink, {found['names'][0]} is still there.")
    return None


def _examine_lives(exam: Exam) -> Finding:
    what = "A buffer was created, used, closed and unlinked"
    problem, found = _found(exam, "lives", what)
    if problem := problem or _names_left(what, found):
        return problem
    before, then = found["looks"][1], found["looks"][-1]
    for role in before:
        for kind, word in (
            ("descriptors", "fd-leak"), ("mappings", "fd-leak"), ("threads", "orphan-left"),
            ("children", "orphan-left"),
        ):  # fmt: skip
            grown = Counter(then[role][kind]) - Counter(before[role][kind])
            if len(then[role][kind]) > len(before[role][kind]):
                new = next(iter(grown))
                told = f"mapping of {new}" if kind == "mappings" else new
                return failed(word, f"{what}, once more: the {role} still has {told}.")
    return passed("close leaves no descriptor and no mapping, unlink no name.")


def _examine_caller(exam: Exam) -> Finding:
    looks = the_run(exam, "lives").value["looks"]
    for role, first in looks[0].items():
        then = looks[-1][role]
        for name, value in first["settings"].items():
            if then["settings"][name] != value:
                return failed("wrong-result", f"It changed {name} of the {role}'s process.")
        for kind in ("children", "descriptors"):
            if gone := sorted(set(first[kind]) - set(then[kind])):
                told = f"child {gone[0]}, waited for" if kind == "children" else gone[0]
                return failed("wrong-result", f"It took what the {role}'s process had: {told}.")
    return passed("Directory, umask, environment, children and descriptors are as they were.")


MOVES = "items come out as they were put in"
FULL, EMPTY = "put waits while the buffer is full", "get waits while it is empty, and ends"
LIVES = "close and unlink leave nothing"
REQUIREMENTS = (
    Requirement(MOVES, _examine_moves),
    Requirement("an item that is too long is refused", _examine_refusing, (MOVES,)),
    Requirement("no order of steps does harm", examine_orders, (MOVES,)),
    Requirement(FULL, partial(_examine_waiting, _examine_full), (MOVES,)),
    Requirement(EMPTY, partial(_examine_waiting, _examine_empty), (MOVES,)),
    Requirement("nobody waits by asking again and again", _examine_patience, (MOVES,)),
    Requirement("each item reaches exactly one consumer", _examine_crowds, (FULL, EMPTY)),
    Requirement("it goes on after 65,536 items", _examine_many, (FULL, EMPTY)),
    Requirement(
        "any name, and several buffers at once", _examine_names, (MOVES,), meanings.ANY_NAME
    ),
    Requirement("create replaces what a crash has left", _examine_crashes, (FULL, EMPTY)),
    Requirement(LIVES, _examine_lives, (MOVES,)),
    Requirement(
        "the caller's surroundings stay as they are",
        _examine_caller,
        (LIVES,),
        meanings.CALLERS_THINGS,
    ),
)

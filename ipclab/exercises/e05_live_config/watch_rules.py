"""How is watch of exercise 5 judged? By what its watchers report, when, and at what cost."""

from __future__ import annotations

from functools import partial
from typing import Any

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, passed
from ipclab.sandbox import Run
from ipclab.webserver import Config

from . import calling, meanings, watching
from .alone_rules import FREE, TURNS
from .watching import LONG, PATIENCE

DEADLINE = 6.0  # seconds for watchers that each have their time limits
QUIET = 1.0  # seconds without a change, for which its cost is measured
MOSTLY = 0.6  # of the time: a lock that is taken for longer is held while waiting
BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait
BEFORE = Config(5, 1, 10, b"before")
# Up, back to the first one, down, to the ends of the range, and where only some of the bytes differ.
CHANGES = (
    Config(6, 2, 20, b"up"),
    Config(5, 3, 30, b"back to the first version"),
    Config(4, 3, 30, b"down, and nothing else in numbers"),
    Config((1 << 64) - 1, 0, 0, b"f" * 64),
    Config(0, 0, 0, b""),
    Config(1 << 32, 0, 0, b""),
    Config(1 << 33, 9, 9, b"the upper half of the version"),
    Config(7, 9, 9, b"after a silence"),
)

Seen = dict[str, Any]


def begin_watching(exam: Exam) -> None:
    """Let two watchers run, beside what else is examined."""
    changes = [list(each) for each in CHANGES]
    exam.begin(
        "take up",
        lambda: exam.run(watching.take_up, list(BEFORE), changes, QUIET, deadline=DEADLINE),
    )


_CALLS: dict[str, tuple[Any, ...]] = {
    "raising": (calling.raising, list(BEFORE), list(CHANGES[0])),
    "within": (calling.from_within, list(BEFORE), list(CHANGES[0]), list(CHANGES[1])),
    "moments": (calling.moments, list(BEFORE)),
    "at once": (calling.at_once, list(BEFORE)),
}


def _begin(exam: Exam, *names: str) -> None:
    """Let it be called in other ways, side by side."""
    for name in names:
        exam.begin(name, partial(exam.run, *_CALLS[name]))


def _run(exam: Exam, name: str) -> Run:
    _begin(exam, name)
    run: Run = exam.begun[name].result()
    return run


def _told(report: Any) -> str:
    return str(Config(*report)) if isinstance(report, list) else str(report)


def _examine_reports(exam: Exam) -> Finding:
    begin_watching(exam)
    run = exam.begun["take up"].result()
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    if raised := [each["raised"] for each in seen["closing"] if "raised" in each]:
        return failed("exception", f"watch raised {raised[0]}.")
    if not seen["asked"]:
        return _never_asked(seen)
    number = len(seen["delays"]) - 1
    if seen["ended"] and number == 0:
        return _ended_early(seen)
    before, now = (BEFORE, *CHANGES)[number : number + 2]
    what = f"The version went from {before.version} to {now.version}"
    if seen["trouble"]:
        return _not_published(what, seen)
    for reports in seen["reports"]:
        if problem := _judge_reports(what, reports, before, now, number):
            return problem
    if seen["ended"]:
        return _ended_early(seen)
    _begin(exam, "raising", "within", "at once")  # one that never ends would take long
    return passed(
        f"Two watchers reported {len(CHANGES)} changes: up, down, back to the first version."
    )


def _never_asked(seen: Seen) -> Finding:
    if seen["ended"]:
        return _ended_early(seen)
    if seen["lock"] == 0 and any(seen["first"]):
        text = (
            "One watcher came to ask should_stop and holds the lock, for which the other one waits."
        )
        return failed("waits-holding-lock", text)
    if seen["lock"] == 0:
        text = "watch never came to ask should_stop: it waits, and the lock is taken. Nobody else had it."
        return failed("self-deadlock", text)
    return failed("hang", "watch never asked should_stop, though nothing kept it from looking.")


def _ended_early(seen: Seen) -> Finding:
    if any(seen["closing"]):
        return failed("wrong-result", "watch returned before should_stop was true.")
    return failed("exception", "watch ended its process before should_stop was true.")


def _not_published(what: str, seen: Seen) -> Finding:
    if seen["trouble"] == "the lock is held":
        text = f"{what}: publish waited in vain for the lock, which a watcher holds while it waits."
        return failed("waits-holding-lock", text)
    return failed("exception", f"{what}: {seen['trouble']}, while two watched.")


def _judge_reports(
    what: str, reports: list[Any], before: Config, now: Config, number: int
) -> Finding | None:
    """Of one watcher, since a change: the last one must be what is in force."""
    if list(now) in reports:
        return None
    if not reports:
        return failed("update-missed", f"{what}, and on_change was not called.")
    told = _told(reports[-1])
    if reports[-1] == list(before):
        if number:  # it may have been on its way
            return failed("update-missed", f"{what}, and only the old one was reported: {told}.")
        return failed("stale-read", f"{what}, and on_change got the old configuration: {told}.")
    known = [list(each) for each in (BEFORE, *CHANGES)]
    mixed = isinstance(reports[-1], list) and reports[-1] not in known
    word = "torn-read" if mixed and _is_mixture(reports[-1], before, now) else "wrong-result"
    return failed(word, f"{what}, and on_change got {told}; in force is {now}.")


def _is_mixture(report: list[Any], before: Config, now: Config) -> bool:
    return all(field in (before[n], now[n]) for n, field in enumerate(report))


def _examine_spurious(exam: Exam) -> Finding:
    seen = exam.begun["take up"].result().value
    if seen["early"]:
        return failed(
            "wrong-result",
            f"Nothing had changed yet, and on_change was called with {_told(seen['early'][0])}.",
        )
    if count := max(seen["again"]):
        return failed(
            "wrong-result",
            f"For {QUIET:.0f} s nothing changed, and on_change was called {count} times.",
        )
    return passed("It was called for changes only.")


def _examine_raising(exam: Exam) -> Finding:
    run = _run(exam, "raising")
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    if seen["lock"] != 1:
        word = "lock-not-released" if seen["lock"] == 0 else "wrong-result"
        text = f"on_change raised an exception: afterwards the lock has the value {seen['lock']}."
        return failed(word, text)
    if seen["raised"] is None:
        text = "on_change raised an exception, and the caller of watch never heard of it."
        return failed("wrong-result", text)
    return passed("An exception of on_change reached the caller, and the lock was free.")


def _examine_within(exam: Exam) -> Finding:
    run = _run(exam, "within")
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    if seen["free"] is False:
        text = "on_change could not take the lock: watch holds it meanwhile."
        return failed("waits-holding-lock", text)
    if seen["raised"]:
        return failed("exception", f"watch raised {seen['raised']}.")
    if seen["lock"] == 0:
        return failed("lock-not-released", "watch returned and left the lock taken.")
    if list(CHANGES[1]) not in seen["reports"]:
        return failed(
            "update-missed",
            "While on_change ran, the version changed once more, and that was never reported.",
        )
    if seen["lock"] != 1:
        return failed("wrong-result", f"Afterwards the lock had the value {seen['lock']}.")
    return passed("on_change took the lock, published, and took its time: that was reported, too.")


def _examine_moments(exam: Exam) -> Finding:
    run = _run(exam, "moments")
    if problem := exam.trouble(run):
        return problem
    if missed := run.value["missed"]:
        when = "once" if missed == 1 else f"{missed} times"
        return failed(
            "update-missed",
            f"The version changed, watch took and released the lock {when}, and the version changed again:"
            " that was never reported.",
        )
    return passed(
        f"Changes right after its releases of the lock, the first to the {calling.MOMENTS}th, were all reported."
    )


def _examine_time(exam: Exam) -> Finding:
    seen = exam.begun["take up"].result().value
    delays = sorted(seen["delays"])
    usual = delays[len(delays) // 2]
    if usual > LONG:
        return failed(
            "update-missed",
            f"A change was reported after {usual * 1000:.0f} ms (median of {len(delays)});"
            f" the shortest was {delays[0] * 1000:.0f} ms.",
        )
    for gaps in seen["closing"]:
        if gaps and gaps["long"] > gaps["gaps"] / 2:
            return failed(
                "hang",
                f"For {gaps['long']:.1f} of {gaps['gaps']:.1f} s more than {LONG * 1000:.0f} ms passed from one"
                " question to should_stop to the next.",
            )
    _begin(exam, "moments")  # of a slow one it would take long
    return passed(
        f"{len(delays)} changes were reported within 100 ms, and should_stop was asked as often."
    )


def _examine_stop(exam: Exam) -> Finding:
    seen = exam.begun["take up"].result().value
    if not seen["returned"]:
        return failed(
            "hang", f"should_stop was true, and watch had not returned {PATIENCE:.0f} s later."
        )
    if bad := [status for status in seen["statuses"] if status != 0]:
        return failed("exception", f"A watcher ended with status {bad[0]}.")
    run = _run(exam, "at once")
    if problem := exam.trouble(run):
        return problem
    if run.value["raised"]:
        return failed("exception", f"should_stop was true at once: {run.value['raised']}.")
    if seen["lock"] == 0 or run.value["lock"] == 0:
        return failed("lock-not-released", "watch returned and left the lock taken.")
    if seen["lock"] > 1 or run.value["lock"] > 1:
        return failed("wrong-result", "watch released the lock more often than it took it.")
    return passed("It returned when should_stop was true, also at the first question.")


def _examine_cost(exam: Exam) -> Finding:
    share = max(exam.begun["take up"].result().value["shares"])
    if share > BUSY:
        return failed(
            "busy-wait",
            f"For {QUIET:.0f} s nothing changed: meanwhile a watcher used {share:.0%} of a processor.",
        )
    return passed(f"While nothing changed, a watcher used {share:.0%} of a processor.")


def _examine_lock_while_waiting(exam: Exam) -> Finding:
    taken = exam.begun["take up"].result().value["taken"]
    if taken > MOSTLY:
        return failed(
            "waits-holding-lock",
            f"While two watched, and next to nothing was published, the lock was taken in {taken:.0%} of all"
            " looks at it.",
        )
    return passed("While it waited for a change, the lock was free.")


REPORTED = "watch: it reports every change to everyone who watches"
RAISES = "watch: when on_change raises, the caller hears of it and the lock is free"
ON_TIME = "watch: on time"
SLEEPS = "watch: it sleeps while nothing changes"
LETS_IN = "watch: the lock is free while nothing changes"
WATCH_RULES = (
    Requirement(REPORTED, _examine_reports, needs=(FREE, TURNS), meanings=meanings.WATCHING),
    Requirement(SLEEPS, _examine_cost, (REPORTED,)),
    Requirement(LETS_IN, _examine_lock_while_waiting, (SLEEPS,)),
    Requirement(ON_TIME, _examine_time, (REPORTED, LETS_IN), meanings.ON_TIME),
    Requirement(
        "watch: it reports changes only", _examine_spurious, (REPORTED, ON_TIME), meanings.REPORTS
    ),
    Requirement(RAISES, _examine_raising, (REPORTED,), meanings.RAISING),
    Requirement(
        "watch: the lock is free while on_change runs", _examine_within, (REPORTED, RAISES)
    ),
    Requirement("watch: no moment hides a change", _examine_moments, (REPORTED, ON_TIME)),
    Requirement("watch: it returns when it is told to", _examine_stop, (REPORTED,)),
)

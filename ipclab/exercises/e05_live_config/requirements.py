"""How are publish and snapshot of exercise 5 judged? First by running them, then by every order of their steps."""

from __future__ import annotations

from functools import partial
from typing import Any

from ipclab.exercises.checking import (
    Exam,
    Finding,
    Requirement,
    failed,
    left_behind,
    passed,
    skipped,
)
from ipclab.exercises.schedules import as_evidence
from ipclab.explorer.results import failure_from
from ipclab.sandbox import Run
from ipclab.webserver import CONFIG, Config

from . import alone, explored, meanings
from .watch_rules import REPORTED, WATCH_RULES, begin_watching

U32, U64 = (1 << 32) - 1, (1 << 64) - 1
HELD = 1.0  # seconds for which the lock is taken
BUSY = 0.2  # of a processor: more than that while there is nothing to do is a busy wait
ROOM = 48  # bytes behind the configuration that are somebody else's
CROWD, TIMES = 3, 150  # publishers, and publications of each
BUDGET, LESS_BUDGET = 3.0, 1.2  # seconds of a processor for one exploration, and for a long one
START_UP = 4.0  # seconds more for its process
LENGTHS = (0, 1, 63, 64)  # bytes of a greeting
MISFITS = {
    "a greeting of 65 bytes": Config(1, 2, 3, b"g" * 65),
    "a greeting of 64 bytes and a NUL": Config(1, 2, 3, b"g" * 64 + b"\0"),
    "a greeting of 96 bytes": Config(1, 2, 3, b"h" * 96),
    "a greeting of 5,000 bytes": Config(1, 2, 3, b"h" * 5000),
    "a version of -1": Config(-1, 2, 3, b"short"),
    "a version of 2**64": Config(1 << 64, 2, 3, b"short"),
    "a verbosity of -1": Config(1, -1, 3, b"short"),
    "a verbosity of 2**32": Config(1, 1 << 32, 3, b"short"),
    "max_connections of 2**32": Config(1, 2, 1 << 32, b"short"),
    "a greeting that is a str": Config(1, 2, 3, "short"),  # type: ignore[arg-type]
    "a greeting of None": Config(1, 2, 3, None),  # type: ignore[arg-type]
}

Seen = dict[str, Any]


def _configs(exam: Exam) -> list[Config]:
    """Every boundary of a field, and some that the seed chooses."""
    draw = exam.random
    numbers = [(0, 0, 0), (1, 2, 3), (U64, U32, U32), (1 << 63, 1 << 31, 1)]
    numbers += [(draw.getrandbits(64), draw.getrandbits(32), draw.getrandbits(32)) for _ in "ab"]
    greetings = [bytes(draw.randrange(1, 256) for _ in range(length)) for length in LENGTHS]
    greetings += [b"\0first", b"in\0ner\0\0nuls", b"\n", b" two spaces ", bytes(63) + b"z"]
    greetings += ["Grüße".encode(), bytes(range(192, 256)), b"\0"[:0]]
    return [
        Config(*numbers[number % len(numbers)], greeting)
        for number, greeting in enumerate(greetings)
    ]


def _trouble(exam: Exam, run: Run) -> Finding | None:
    """One process, and a lock that was free: whoever waits for it then has taken it himself."""
    if run.stuck and any(
        wait.wants == "semaphore" for each in run.processes for wait in each.waits
    ):
        return failed("self-deadlock", str(run.stuck))
    return exam.trouble(run)


def _examine_snapshot(exam: Exam) -> Finding:
    configs = _configs(exam)
    run = exam.run(alone.snapshots, [list(each) for each in configs])
    if problem := _trouble(exam, run):
        return problem
    for config, seen in zip(configs, run.value, strict=True):
        what = f"Memory held {config}"
        if problem := _judge_call(what, seen):
            return problem
        if seen["value"] != list(config):
            return failed("wrong-result", f"{what}, and snapshot returned {_told(seen['value'])}.")
        if seen["memory"] != seen["before"]:
            return failed("wrong-result", f"{what}, and snapshot changed it.")
    return passed(f"{len(configs)} configurations came back as they lay in memory.")


def _told(value: Any) -> str:
    return str(Config(*value)) if isinstance(value, list) else str(value)


def _judge_call(what: str, seen: Seen) -> Finding | None:
    """One that had no reason to raise, nor to keep the lock."""
    if not seen["raised"]:
        return None
    if seen["lock"] == 0:
        text = f"{what}: the call raised {seen['raised']} and left the lock taken."
        return failed("lock-not-released", text)
    return failed("exception", f"{what}: the call raised {seen['raised']}.")


def _examine_publish(exam: Exam) -> Finding:
    configs, run = _published(exam)
    if problem := _trouble(exam, run):
        return problem
    for config, seen in zip(configs, run.value, strict=True):
        what = f"Published {config}"
        if problem := _judge_call(what, seen):
            return problem
        if seen["memory"] is not None and seen["memory"] != CONFIG.pack(*config):
            held = Config._make(CONFIG.unpack(seen["memory"]))
            return failed("wrong-result", f"{what}: afterwards memory held {held}.")
    return passed(f"{len(configs)} configurations lay in memory as CONFIG packs them.")


def _published(exam: Exam) -> tuple[list[Config], Run]:
    made: tuple[list[Config], Run] = exam.once("published", lambda: _publish_all(exam))
    return made


def _publish_all(exam: Exam) -> tuple[list[Config], Run]:
    configs = _configs(exam)
    return configs, exam.run(alone.publications, [list(each) for each in configs], ROOM)


def _examine_by_turns(exam: Exam) -> Finding:
    configs = [*_configs(exam)[:4], Config(7, 1, 1, b"one"), Config(7, 2, 2, b"same version")]
    run = exam.run(alone.by_turns, [list(each) for each in configs])
    if problem := _trouble(exam, run):
        return problem
    for config, seen in zip([*configs, alone.FULL], run.value, strict=True):
        what = f"Published {config}"
        if seen["raised"]:
            return failed("exception", f"{what}: snapshot raised {seen['raised']}.")
        if seen["value"] != list(config):
            text = f"{what}: snapshot returned {_told(seen['value'])} afterwards."
            return failed("stale-read", text)
    return passed("Each snapshot returned what had been published last, also by another process.")


def _misfits(exam: Exam) -> Run:
    run: Run = exam.once("misfits", lambda: exam.run(alone.publications, _fields_of(MISFITS), ROOM))
    return run


def _fields_of(configs: dict[str, Config]) -> list[list[Any]]:
    return [list(each) for each in configs.values()]


def _examine_size(exam: Exam) -> Finding:
    run = _misfits(exam)
    if problem := _trouble(exam, run):
        return problem
    for what, seen in zip(MISFITS, run.value, strict=True):
        if not seen["rest"]:
            return failed(
                "size-not-checked", f"Published {what}: bytes behind the configuration changed."
            )
    return passed("A greeting of 65 bytes and more was refused or cut.")


def _examine_lock(exam: Exam) -> Finding:
    configs, run = _published(exam)
    fitting = zip(map(str, configs), run.value, strict=True)
    for what, seen in [*fitting, *zip(MISFITS, _misfits(exam).value, strict=True)]:
        how = f"raised {seen['raised']}" if seen["raised"] else "returned"
        if seen["lock"] == 0:
            text = f"Given {what}, publish {how} and left the lock taken."
            return failed("lock-not-released", text)
        if seen["lock"] > 1:
            return failed(
                "wrong-result",
                f"Given {what}, publish {how}, and the lock had the value {seen['lock']}: it was released"
                " more often than acquired.",
            )
    return passed("After each call the lock was free, also after one that raised.")


def _examine_callers_things(exam: Exam) -> Finding:
    for seen in _published(exam)[1].value:
        if seen["memory"] is None:
            return failed("wrong-result", "publish closed the caller's memory.")
        if seen["lock"] < 0:
            return failed("wrong-result", "publish closed the caller's lock.")
        if not seen["named"]:
            return failed("wrong-result", "publish unlinked the caller's lock.")
        if not seen["rest"]:
            return failed("wrong-result", "publish changed bytes behind the configuration.")
    return passed("Memory and lock were still open and in place; nothing else had changed.")


def _begin_waiting(exam: Exam) -> None:
    """What takes its time, not its processor: all of it goes on side by side."""
    begin_watching(exam)
    exam.begin("waiting", lambda: _run_waiting(exam))
    exam.begin("changes", partial(_explore, exam, "changes", LESS_BUDGET))


def _explore(exam: Exam, what: str, budget: float) -> Run:
    return exam.run(explored.explore, what, budget, deadline=explored.MOST + START_UP)


def _examine_orders(what: str, told: str, exam: Exam) -> Finding:
    for each in ("snapshots", "publications"):
        exam.begin(each, partial(_explore, exam, each, BUDGET))
    run: Run = exam.begun[what].result()
    if run.stuck:
        return skipped(
            "it waits for something that can't be simulated, a lock of another kind perhaps"
        )
    if problem := exam.trouble(run):
        return problem
    if reason := run.value.get("unmodelled"):
        return skipped(f"its steps can't be enumerated: {reason}")
    if data := run.value["failure"]:
        failure = failure_from(data)
        return failed(failure.diagnosis, as_evidence(failure), failure.schedule)
    if (bound := run.value["bound"]) < 1:
        return skipped("there are too many orders of its steps to try them all")
    return passed(
        f"{told}: right in all orders of steps with at most {bound} preemption{'s'[: bound - 1]}"
        f" ({run.value['schedules']:,} executed), under sequentially consistent memory."
    )


def _run_waiting(exam: Exam) -> Run:
    fields = [5, 6, 7, b"at last"]
    return exam.run(alone.wait_for_lock, fields, HELD, deadline=HELD + 2 * alone.PATIENCE + 4.0)


def _examine_waiting(exam: Exam) -> Finding:
    run: Run = exam.once("waiting", lambda: _run_waiting(exam))
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    for name, share in seen["shares"].items():
        if share > BUSY:
            return failed(
                "busy-wait",
                f"For {HELD:.0f} s another process held the lock: meanwhile {name} used {share:.0%} of a processor.",
            )
    if seen["late"]:
        return failed("hang", f"The lock was free again, and {seen['late'][0]} did not return.")
    if not any(seen["statuses"].values()) and (not seen["stored"] or seen["lock"] != 1):
        text = "publish came while another process held the lock, and has published nothing."
        return failed("lost-update" if seen["lock"] == 1 else "lock-not-released", text)
    return passed("Waiting for a lock that was held for a second cost next to no processor time.")


def _examine_crowd(exam: Exam) -> Finding:
    _begin_waiting(exam)
    draw = exam.random
    configs = [[n, n * 3, n * 5, bytes([64 + n]) * draw.randrange(40, 65)] for n in range(CROWD)]
    run = exam.run(alone.crowd, configs, TIMES)
    if problem := exam.trouble(run):
        return problem
    seen = run.value
    if any(seen["statuses"]):
        return failed("exception", f"A publisher ended with status {max(seen['statuses'])}.")
    if seen["torn"]:
        return failed(
            "torn-read", f"snapshot returned {_told(seen['torn'])}, which nobody published."
        )
    if not seen["whole"]:
        return failed(
            "lost-update", "In the end memory held a configuration that nobody published."
        )
    return passed(
        f"{CROWD} publishers, {TIMES} times each: {seen['looks']:,} snapshots were whole."
    )


def _examine_leaks(exam: Exam) -> Finding:
    # What the explorer's own process leaves is none of the solution's doing.
    own = [exam.begun[name].result() for name in explored.SCENARIOS if name in exam.begun]
    runs = [run for run in exam.runs if not any(run is each for each in own)]
    return left_behind(runs) or passed("No name, descriptor, process or thread was left.")


SNAPSHOT = "snapshot: it returns what lies in memory"
PUBLISH = "publish: memory then holds the configuration"
TURNS = "snapshot: it returns what was published last"
SIZE = "publish: a greeting that is too long stays in its field"
FREE = "publish: the lock is free afterwards, whatever happened"
THINGS = "publish: it leaves memory and lock open and in place"
ALONE = (SNAPSHOT, PUBLISH, TURNS, FREE)
WHOLE = "snapshot: no order of steps gives a mixture"
TOGETHER = "publish: no order of two publishers leaves a mixture"
OBSERVED = "watch: no order of steps hides a change or gives a mixture"
REQUIREMENTS = (
    Requirement(SNAPSHOT, _examine_snapshot),
    Requirement(PUBLISH, _examine_publish),
    Requirement(
        THINGS, _examine_callers_things, needs=(PUBLISH,), meanings=meanings.CALLERS_THINGS
    ),
    Requirement(SIZE, _examine_size, needs=(PUBLISH,)),
    Requirement(FREE, _examine_lock, needs=(PUBLISH, SIZE), meanings=meanings.LOCK_AFTERWARDS),
    Requirement(TURNS, _examine_by_turns, needs=(SNAPSHOT, PUBLISH, THINGS)),
    Requirement(
        WHOLE,
        partial(_examine_orders, "snapshots", "Two publications beside two snapshots"),
        needs=ALONE,
    ),
    Requirement(TOGETHER, partial(_examine_orders, "publications", "Two publishers"), needs=ALONE),
    Requirement(
        "publish and snapshot: whole in a crowd", _examine_crowd, needs=(*ALONE, WHOLE, TOGETHER)
    ),
    Requirement(
        "publish and snapshot: they sleep while they wait for the lock",
        _examine_waiting,
        needs=(*ALONE, WHOLE, TOGETHER),
    ),
    *WATCH_RULES,
    Requirement(
        OBSERVED,
        partial(_examine_orders, "changes", "Two publications beside a watcher"),
        needs=(*ALONE, REPORTED),
    ),
    Requirement("it leaves nothing behind", _examine_leaks),
)

"""How are publish and snapshot of exercise 5 judged when nobody comes between?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, passed
from ipclab.sandbox import Run
from ipclab.webserver import CONFIG, Config

from . import alone, meanings

U32, U64 = (1 << 32) - 1, (1 << 64) - 1
ROOM = 48  # bytes behind the configuration that are somebody else's
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
    configs = [
        Config(*numbers[number % len(numbers)], greeting)
        for number, greeting in enumerate(greetings)
    ]
    return [*configs, alone.FULL]  # this one is there already when it is published


def _trouble(exam: Exam, run: Run) -> Finding | None:
    """One process, and a lock that was free: whoever waits for it then has taken it himself."""
    if run.stuck and any(
        wait.wants == "semaphore" for each in run.processes for wait in each.waits
    ):
        return failed("self-deadlock", str(run.stuck))
    return exam.trouble(run)


def _examine_snapshot(exam: Exam) -> Finding:
    configs, run = _looked_at(exam)
    if problem := _trouble(exam, run):
        return problem
    for config, seen in zip(configs, run.value, strict=True):
        what = f"Memory held {config}"
        if problem := _judge_call(what, seen):
            return problem
        if seen["value"] != list(config):
            return failed("wrong-result", f"{what}, and snapshot returned {told(seen['value'])}.")
        if seen["memory"] not in (None, seen["before"]):
            return failed("wrong-result", f"{what}, and snapshot changed it.")
    return passed(f"{len(configs)} configurations came back as they lay in memory.")


def told(value: Any) -> str:
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


Alone = tuple[list[Config], Run]  # what was published or looked at, one after the other


def _published(exam: Exam) -> Alone:
    made: Alone = exam.once("published", lambda: _run_all(exam, alone.publications, ROOM))
    return made


def _looked_at(exam: Exam) -> Alone:
    made: Alone = exam.once("looked at", lambda: _run_all(exam, alone.snapshots))
    return made


def _run_all(exam: Exam, scenario: Callable[..., Any], *arguments: int) -> Alone:
    configs = _configs(exam)
    return configs, exam.run(scenario, [list(each) for each in configs], *arguments)


def _examine_by_turns(exam: Exam) -> Finding:
    configs = [*_configs(exam)[:4], Config(7, 1, 1, b"one"), Config(7, 2, 2, b"same version")]
    configs += configs[-1:]  # nothing new
    run = exam.run(alone.by_turns, [list(each) for each in configs])
    if problem := _trouble(exam, run):
        return problem
    for config, seen in zip([*configs, alone.FULL], run.value, strict=True):
        what = f"Published {config}"
        if seen["raised"]:
            return failed("exception", f"{what}: snapshot raised {seen['raised']}.")
        if seen["value"] != list(config):
            text = f"{what}: snapshot returned {told(seen['value'])} afterwards."
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
    calls = [*_told_calls("publish", _published(exam)), *_told_calls("snapshot", _looked_at(exam))]
    for what, misfit in zip(MISFITS, _misfits(exam).value, strict=True):
        calls.append((f"publish, given {what},", misfit))
    for what, seen in calls:
        how = f"raised {seen['raised']}" if seen["raised"] else "returned"
        if seen["lock"] == 0:
            return failed("lock-not-released", f"{what} {how} and left the lock taken.")
        if seen["lock"] > 1:
            return failed(
                "wrong-result",
                f"{what} {how}, and the lock had the value {seen['lock']}: it was released more often"
                " than acquired.",
            )
    return passed("After each call the lock was free, also after one that raised.")


def _told_calls(name: str, calls: Alone) -> list[tuple[str, Seen]]:
    configs, run = calls
    return [(f"{name}, of {each},", seen) for each, seen in zip(configs, run.value, strict=True)]


def _examine_callers_things(exam: Exam) -> Finding:
    for name, (_, run) in (("publish", _published(exam)), ("snapshot", _looked_at(exam))):
        for seen in run.value:
            if seen["memory"] is None:
                return failed("wrong-result", f"{name} closed the caller's memory.")
            if seen["lock"] < 0:
                return failed("wrong-result", f"{name} closed the caller's lock.")
            if not seen["named"]:
                return failed("wrong-result", f"{name} unlinked the caller's lock.")
            if not seen["rest"]:
                return failed("wrong-result", f"{name} changed bytes behind the configuration.")
    return passed("Memory and lock were still open and in place; nothing else had changed.")


SNAPSHOT = "snapshot: it returns what lies in memory"
PUBLISH = "publish: memory then holds the configuration"
THINGS = "publish and snapshot: they leave memory and lock open and in place"
SIZE = "publish: a greeting that is too long stays in its field"
FREE = "publish and snapshot: the lock is free afterwards, whatever happened"
TURNS = "snapshot: it returns what was published last"
ALONE = (SNAPSHOT, PUBLISH, FREE, TURNS)
ALONE_RULES = (
    Requirement(SNAPSHOT, _examine_snapshot),
    Requirement(PUBLISH, _examine_publish),
    Requirement(THINGS, _examine_callers_things, (SNAPSHOT, PUBLISH), meanings.CALLERS_THINGS),
    Requirement(SIZE, _examine_size, needs=(PUBLISH,)),
    Requirement(FREE, _examine_lock, (SNAPSHOT, PUBLISH, SIZE), meanings.LOCK_AFTERWARDS),
    Requirement(TURNS, _examine_by_turns, needs=(SNAPSHOT, PUBLISH, THINGS, FREE)),
)

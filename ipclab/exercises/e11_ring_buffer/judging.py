"""What is wrong with what a scenario of exercise 11 found? The same reading everywhere."""

from __future__ import annotations

from typing import Any

from ipclab.exercises.checking import Exam, Finding, failed
from ipclab.exercises.reading import explained
from ipclab.sandbox import Run
from ipclab.sandbox.results import Raised

from .items import shown

Found = dict[str, Any]

# What it means that a call never returns, by what was going on: the diagnosis, and a sentence.
UNANSWERED = {
    "put into an empty buffer": ("lost-wakeup", "The buffer was empty: put had no reason to wait."),
    "put where there is room": ("wrong-result", "The buffer had room for more items."),
    "get what is there": ("lost-item", "An item was there, and get waited as if there were none."),
    "get what was put": ("lost-item", "Items were there, and get waited as if there were none."),
    "get what was put, interrupted": (
        "lost-item",
        "An item was in the buffer, and get waited as if there were none.",
    ),
    "put and get both wait": (
        "lock-order-deadlock",
        "There was room for put, and an item for get. Neither goes on: each holds what the other one needs.",
    ),
    "get while put waits": (
        "waits-holding-lock",
        "The buffer was full, and put waited for a place. Only get can make one, and could not begin:"
        " whoever sleeps in put holds what get needs.",
    ),
    "put where a place became free": (
        "lost-wakeup",
        "A place became free, and put, which waited for one, slept on.",
    ),
    "put while get waits": (
        "waits-holding-lock",
        "The buffer was empty, and get waited for an item. Only put can bring one, and could not begin:"
        " whoever sleeps in get holds what put needs.",
    ),
    "finish while get waits": (
        "waits-holding-lock",
        "The buffer was empty, and get waited for an item. finish could not begin: whoever sleeps in get"
        " holds what finish needs.",
    ),
    "finish when it is full": (
        "hang",
        "The buffer was full, and no consumer had come yet. finish brings no item: it needs no place.",
    ),
    "get when something came": (
        "lost-wakeup",
        "An item was put, and no consumer that waited for one woke up.",
    ),
    "get when the end came": (
        "lost-wakeup",
        "The producer had finished, and a consumer that waited slept on. Each of them must be told.",
    ),
    "get after the end": (
        "lost-wakeup",
        "The producer had finished and nothing was left: get must return None, to every consumer, each time.",
    ),
    "put too long an item, again": (
        "lock-not-released",
        "put had refused one before. What it had taken for that, it kept.",
    ),
    "put after a refusal": (
        "lock-not-released",
        "put had refused items that were too long. What it had taken for them, it kept.",
    ),
    "get after a refusal": (
        "lock-not-released",
        "put had refused items that were too long. What it had taken for them, it kept.",
    ),
    "put after a crash": ("stale-name", "The new buffer was empty, and put waited in it."),
    "get after a crash": ("stale-name", "An item was there, and get waited as if there were none."),
    "finish after a crash": ("stale-name", "finish never came back in the new buffer."),
    "put, side by side": ("wrong-result", "This buffer had room: does another one share its places?"),
    "get, side by side": ("wrong-result", "This buffer held an item: did it go to another buffer?"),
}  # fmt: skip


def outcome_of(exam: Exam, run: Run) -> tuple[Finding | None, Found]:
    """What kept a scenario from bringing an answer, or the answer."""
    problem = exam.trouble(run)
    return problem, {} if problem else run.value


def trouble(exam: Exam, what: str, found: Found, crashed: bool = False) -> Finding | None:
    """The call that ended the scenario: it raised, never came back, or killed its process."""
    facts = found["trouble"]
    if facts is None or facts["kind"] == "early":
        return None
    told = f"{what}: {facts['call']} in the process of {facts['who']}"
    if facts["kind"] == "escaped":
        return failed("child-escapes", f"{told} returned twice: a child of it, too, came back.")
    if facts["kind"] == "died":
        return failed("exception", f"{told} ended the process, with status {facts['status']}.")
    if facts["kind"] == "raised":
        # What close raises is about what this process has opened, and not about what lay there before.
        word = "stale-name" if crashed and facts["call"] != "close()" else "exception"
        raised = {key: facts["raised"][key] for key in ("type", "message", "errno", "traceback")}
        return failed(word, f"{told}. {explained(Raised(**raised), exam.solution)}")
    word, why = UNANSWERED.get(facts["label"], ("hang", "Nothing kept it from returning."))
    if word == "lost-wakeup" and not found.get("got", True):
        word = "hang"  # nothing has ever gone through
    return failed(word, f"{told} never came back; {facts['state']}. {why}")


def sequence(
    what: str, found: Found, missing: str = "lost-item", strange: str = "wrong-result"
) -> Finding | None:
    """What came out, one after the other, against what was put in. The words for an item that is gone, and for
    one that nobody has put."""
    wanted, got = found["wanted"], found["got"]
    for number, (right, seen) in enumerate(zip(wanted, got, strict=False)):
        if right != seen:
            return _difference(what, wanted, got, number, missing, strange)
    return None


def _difference(
    what: str, wanted: list[Any], got: list[Any], number: int, missing: str, strange: str
) -> Finding:
    right, seen = wanted[number], got[number]
    told = f"{what}: item {number + 1} was {shown(right)}, and get returned {shown(seen)}."
    if seen is None:
        return failed("lost-item", f"{told} None means that nothing will come any more.")
    next_one = slice(number + 1, number + 2)
    # An empty item that came before proves no second delivery where all others stand in their places.
    emptied = seen.get("size") == 0 and got[next_one] == wanted[next_one]
    if "odd" in seen or emptied or _is_resized(right, seen):
        return failed("wrong-result", told)
    if seen in wanted[number + 1 :]:
        if right in got[number + 1 :]:
            return failed("reordered-item", told)
        return failed(missing, f"{told} The item itself never came.")
    if seen in wanted[:number]:
        return failed("duplicated-item", f"{told} That one had come before.")
    return failed(strange, told)


def _is_resized(right: Any, seen: Any) -> bool:
    """Whether it is the item itself, cut or padded."""
    short, long = sorted((right, seen), key=lambda each: int(each["size"]))
    begins = bytes.fromhex(long["begins"])
    if short["size"] == long["size"] or not long["begins"].startswith(short["begins"]):
        return False
    return short["size"] > 0 or not any(begins)


def ends(what: str, found: Found) -> Finding | None:
    """After the end every get is None."""
    for seen in found.get("ends", []):
        if seen is not None:
            had = [*found.get("got", []), *(answer for _, answer in found.get("answers", []))]
            return failed(
                "duplicated-item" if seen in had else "wrong-result",
                f"{what}: the producer had finished and nothing was left; get returned {shown(seen)}"
                " instead of None.",
            )
    return None


def early(what: str, found: Found) -> Finding | None:
    """A get that returned although nothing was there."""
    for seen in found["early"]:
        told = f"{what}: nothing was in the buffer and finish had not been called; get returned {shown(seen)}."
        known = [answer for _, answer in found.get("answers", [])]
        word = "duplicated-item" if seen is not None and seen in known else "wrong-result"
        return failed(word, told)
    return None


def delivered(what: str, found: Found) -> Finding | None:
    """Each item to exactly one consumer, in the producer's order for each."""
    if found.get("odd") or -1 in found["unknown"]:
        odd = shown(found["odd"]) if found.get("odd") else "something"
        return failed(
            "torn-read", f"{what}: a consumer got {odd}, which nobody has put in like that."
        )
    lost, doubled = found["lost"], found["doubled"]
    if doubled:
        number, who = doubled[0]
        often = "twice" if len(who) == 2 else f"{len(who)} times"
        told = f"{what}: item {number} was handed out {often}, to {_consumers(who)}."
        if found["doubles"] > 1:
            told += f" In all, {found['doubles']:,} items came more than once."
        if lost and lost[0] < number:
            return failed("overwritten-item", f"{told} Item {lost[0]} never came.")
        return failed("duplicated-item", told)
    if found["disorder"]:
        who, one, then = found["disorder"]
        return failed(
            "reordered-item", f"{what}: consumer {who} got item {one}, and then item {then}."
        )
    if lost and found["trouble"] is None:
        return failed(
            "lost-item",
            f"{what}: {found['losses']:,} items never came, the first of them item {lost[0]}. All"
            " consumers were told that nothing would come any more.",
        )
    return None


def _consumers(who: list[int]) -> str:
    return " and ".join(f"consumer {each}" for each in dict.fromkeys(who))

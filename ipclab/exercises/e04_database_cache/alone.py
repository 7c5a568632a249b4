"""Is one worker alone served right? The cases that it is called for, and how its calls are judged."""

from __future__ import annotations

from random import Random
from typing import Any

from ipclab.exercises.checking import Finding, failed

from .fakes import ERRORS
from .scenarios import Act

Seen = dict[str, Any]
Case = list[Act]

KEY, OTHER = b"user:1", b"user:2"
OLD, NEW, THIRD = b"old", b"new", b"third"
SHOWN = 40  # bytes of a key or a value
KEYS = (
    b"", b"\0", b"a", b"a\0b", b" spaces and\nlines ", bytes(range(256)), b"k" * 64, b"k" * 65, b"k" * 255,
    b"k" * 256, b"k" * 257, b"k" * 5000, b"\xff\xfe", "schl\u00fcssel".encode(), b"0", b"None",
    b"Key", b"KEY",
)  # fmt: skip
VALUES = (
    b"",
    b"\0",
    b"0",
    b"None",
    b"v",
    bytes(range(256)),
    b"v" * 4095,
    b"v" * 4096,
    b"v" * 100_000,
)


def values(random: Random) -> list[Case]:
    """A worker that gets and sets, others that set, a cache that forgets."""
    get, set_ = Act("get", KEY), Act("set", KEY, NEW)
    other, evict = Act("other", KEY, OLD), Act("evict", KEY)
    return [
        [set_, get, get],
        [other, get, set_, get, evict, get],
        [other, evict, get, set_, get, get],
        [set_, Act("other", KEY, THIRD), get, get],
        [get, set_, Act("other", KEY, THIRD), get, set_, get],
        [set_, set_, get, Act("set", KEY, OLD), get],
        [other, get, Act("other", OTHER, THIRD), Act("get", OTHER), get],
        [other, evict, Act("set", OTHER, THIRD), get, Act("get", OTHER)],
        *([Act("other", each, OLD), Act("evict", each), Act("get", each)] for each in KEYS),
        *([Act("set", each, NEW), Act("get", each), Act("get", OTHER)] for each in KEYS),
        *([Act("set", KEY, each), get, evict, get, get] for each in VALUES),
        _many(random),
    ]


def absence() -> list[Case]:
    """Keys that nobody ever set, and the value that is only empty."""
    get, evict = Act("get", KEY), Act("evict", KEY)
    empty = Act("other", KEY, b"")
    return [
        [get, get, get],
        [get, Act("other", KEY, NEW), get],
        [get, get, Act("set", KEY, NEW), get],
        [Act("get", OTHER), Act("set", KEY, NEW), Act("get", OTHER), get],
        [empty, get, evict, get, get],
        [Act("set", KEY, b""), get, get],
        [Act("other", KEY, OLD), Act("set", KEY, b""), get, get],
        [Act("get", b""), Act("set", b"", b""), Act("get", b""), get],
    ]


def failures() -> list[Case]:
    """A store that raises one kind of error or another: at a get, and at a set before or after it has written."""
    return [case for error in ERRORS for case in _failures(error.encode())]


def _failures(error: bytes) -> list[Case]:
    get, set_ = Act("get", KEY), Act("set", KEY, NEW)
    cached = [Act("other", KEY, OLD)]
    missing = [*cached, Act("evict", KEY)]
    works = Act("fail", b"", b"")
    cases = []
    for start in (missing, []):
        cases.append([*start, Act("fail", error, b"get"), get, get, works, get, set_, get])
    cases.append([*cached, Act("fail", error, b"get"), set_, works, get])
    for start in (cached, missing, [*missing, get], []):
        for when in (b"before", b"after"):
            then = [Act("fail", error, when), set_, works, get, get]
            cases += [[*start, *then], [*start, *then, Act("set", KEY, THIRD), get]]
    return cases


def _many(random: Random) -> Case:
    keys = [b"%d" % number for number in range(7)]
    acts = []
    for number in range(300):
        what = random.choice(("get", "get", "get", "set", "other", "evict"))
        acts.append(Act(what, random.choice(keys), b"value %d" % number))
    return acts


def judge(cases: list[Case], seen: list[list[Seen]]) -> Finding | None:
    """The first call that went wrong; None when all were right."""
    earlier: dict[bytes, set[Any]] = {}
    for case, calls in zip(cases, seen, strict=True):
        if problem := _judge_case(case, calls, earlier):
            return problem
    return None


def _judge_case(case: Case, seen: list[Seen], earlier: dict[bytes, set[Any]]) -> Finding | None:
    """`earlier`: by key, what it was before. Whoever returns that has kept it."""
    calls = iter(seen)
    failing = b""
    for place, each in enumerate(case):
        if each.what == "fail":
            failing = each.value
        if each.what not in ("get", "set"):
            continue
        call = next(calls)
        told = _told(case[: place + 1])
        problem = _judge_call(each, call, told, _is_failing(each, call, failing))
        problem = problem or _judge_copy(each, call, told, earlier.get(each.key, set()))
        if problem:
            return problem
        earlier.setdefault(each.key, set()).update((*call["before"], *call["after"]))
    return None


def _is_failing(each: Act, call: Seen, failing: bytes) -> bool:
    """Must this call have failed? A set that asks the store may also do without the answer."""
    if each.what == "set":
        return failing in (b"before", b"after") or (failing == b"get" and call["failed"])
    return failing == b"get" and call["asked"] > 0


def _judge_call(each: Act, call: Seen, told: str, failing: bool) -> Finding | None:
    if call["deadlock"]:
        return failed(
            "self-deadlock", f"{told}: it holds the lock and waits for it in {call['deadlock']}."
        )
    if call["locked"]:
        how = "raised" if call["failed"] or call["raised"] else "returned"
        return failed(
            "lock-not-released", f"{told}: the call has {how}, and the lock is still taken."
        )
    if call["raised"]:
        return failed("exception", f"{told}: it raised {call['raised']}.")
    if failing and not call["failed"]:
        came = (
            f"the call returned {show(call['returned'])}"
            if each.what == "get"
            else "the call returned"
        )
        return failed(
            "wrong-result", f"{told}: the store raised an error, and {came} as if nothing had been."
        )
    if failing:
        return None
    if each.what == "set":
        return _judge_stored(each, call, told)
    return None


def _judge_stored(each: Act, call: Seen, told: str) -> Finding | None:
    stored = call["after"][1]
    if stored != each.value:
        return failed(
            "wrong-result", f"{told}: afterwards the store holds {show(stored)} for this key."
        )
    return None


def _judge_copy(each: Act, call: Seen, told: str, earlier: set[Any]) -> Finding | None:
    """What was returned, and what is left in the cache, against what the store holds."""
    cached, stored = call["after"]
    if each.what == "get" and not call["failed"]:
        right, got = call["before"][1], call["returned"]
        if got != right:
            word = "stale-read" if got in earlier and got is not None else "wrong-result"
            return failed(word, f"{told}: it returned {show(got)}; the store holds {show(right)}.")
        if call["written"]:
            return failed("wrong-result", f"{told}: a get wrote to the store.")
    if cached is not None and cached != stored:
        never = stored is None and not call["failed"] and each.what == "get"
        return failed(
            "wrong-result" if never else "stale-read",
            f"{told}: afterwards the cache holds {show(cached)}, and the store {show(stored)}.",
        )
    return None


def judge_hits(case: Case, seen: list[Seen]) -> Finding | None:
    """Does a hit leave the store alone, and is what the store answered kept?"""
    calls = iter(seen)
    for place, each in enumerate(case):
        if each.what not in ("get", "set"):
            continue
        call = next(calls)
        if each.what == "set":
            continue
        told, asked = _told(case[: place + 1]), call["asked"]
        held, stored = call["before"]
        if held is not None and asked:
            return failed(
                "wrong-result", f"{told}: the cache held {show(held)}, and the store was asked."
            )
        if held is None and stored is not None and call["after"][0] is None:
            return failed(
                "wrong-result",
                f"{told}: the store held {show(stored)}, and the cache holds nothing afterwards.",
            )
    return None


def _told(acts: Case) -> str:
    """What was done, the last call last."""
    last = [_words(each) for each in acts[-4:]]
    return ("… " if len(acts) > 4 else "") + ", ".join(last)


def _words(each: Act) -> str:
    key = show(each.key)
    if each.what == "get":
        return f"get({key})"
    if each.what == "set":
        return f"set({key}, {show(each.value)})"
    if each.what == "other":
        return f"another worker sets {key} to {show(each.value)}"
    if each.what == "evict":
        return f"the cache drops {key}"
    if not each.value:
        return "the store works again"
    when = {
        b"get": "at get",
        b"before": "at set, having written nothing",
        b"after": "at set, having written",
    }[each.value]
    return f"the store fails {when} ({'an OSError' if each.key == b'OSError' else 'no OSError'})"


def show(value: Any) -> str:
    """A key or a value, cut to what a line can show."""
    if not isinstance(value, bytes):
        return "nothing" if value is None else str(value)
    return (
        repr(value) if len(value) <= SHOWN else f"{value[: SHOWN // 2]!r}… ({len(value):,} bytes)"
    )

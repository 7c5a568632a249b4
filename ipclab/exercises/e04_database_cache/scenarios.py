"""What happens in the sandbox when exercise 4 is checked by running it: one worker alone, call by call."""

from __future__ import annotations

import traceback
from types import SimpleNamespace
from typing import Any, NamedTuple

from ipclab.exercises.solutions import installed

from .fakes import Cache, Lock, SelfDeadlock, Store, StoreFailed

SHOWN = 60  # bytes of a value in a report


class Act(NamedTuple):
    """One thing that is done in a case.

    get, set: a call of the solution. other: another worker sets, to store and cache. evict: the cache
    drops the key by itself. fail: from now on the store raises (`value`: get, before, after, or nothing;
    `key`: what, as a key of ERRORS).
    """

    what: str
    key: bytes = b""
    value: bytes = b""


def act(functions: SimpleNamespace, cases: list[list[Act]]) -> list[list[dict[str, Any]]]:
    """Each case with a cache and a store of its own: what each call of the solution returned and left."""
    return [_case(functions, [Act(*each) for each in case]) for case in cases]


def _case(functions: SimpleNamespace, acts: list[Act]) -> list[dict[str, Any]]:
    lock = Lock()
    cache, store = Cache(lock), Store()
    seen = []
    for each in acts:
        if each.what in ("get", "set"):
            seen.append(_call(functions, each, cache, store, lock))
            if seen[-1]["locked"] or lock.waited_for_itself:
                break
        elif each.what == "other":
            store.set(each.key, each.value)
            cache.put(each.key, each.value)
        elif each.what == "evict":
            cache.discard(each.key)
        else:
            store.error, store.failing = each.key.decode(), each.value.decode()
    return seen


def _call(
    functions: SimpleNamespace, each: Act, cache: Cache, store: Store, lock: Lock
) -> dict[str, Any]:
    held, stored, gets = cache.values.get(each.key), store.values.get(each.key), store.gets
    written = len(store.written)
    result, raised, failed = None, "", False
    try:
        if each.what == "get":
            result = functions.get_with_cache(cache, store, each.key)
        else:
            functions.set_with_cache(cache, store, each.key, each.value)
    except StoreFailed:
        failed = True
    except SelfDeadlock:
        pass
    except Exception as error:
        raised = _told(error)
    return {
        "returned": _plain(result),
        "raised": raised,
        "failed": failed,  # the store's exception came through
        "before": (held, stored),
        "after": (cache.values.get(each.key), store.values.get(each.key)),
        "asked": store.gets - gets,
        "written": len(store.written) - written,
        "locked": lock.locked(),
        "deadlock": lock.waited_for_itself,
    }


def _plain(value: Any) -> bytes | str | None:
    """A returned value as plain data: text stands for what should not have been returned."""
    if value is None or type(value) is bytes:
        return value
    return f"{value!r:.{SHOWN}} ({type(value).__name__})"


def _told(error: BaseException) -> str:
    """The exception, and the learner's line that it comes from."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if not installed(f.filename)]
    where = f" in line {own[-1].lineno}, `{own[-1].line}`" if own else ""
    return f"{type(error).__name__}: {error}"[:200] + where

"""Objects that processes share as a whole: every method call is a step, a slow one two."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from .events import Operation
from .world import World


class SharedObject:
    """Stands for `inner` in every process. Each method call is a step; one of `slow` is two: it begins, it ends.

    A slow call takes effect when it ends, unless it is named in `effect_first`: then when it begins, and its
    value comes back at the end. `state()` is a value whose repr says all that matters of the object's state.
    Attributes that are no methods (a lock) are handed on as they are.
    """

    def __init__(
        self,
        name: str,
        inner: Any,
        state: Callable[[], object],
        slow: Collection[str] = (),
        effect_first: Collection[str] = (),
    ) -> None:
        self._name = name
        self._inner = inner
        self._state = state
        self._slow = frozenset(slow)
        self._effect_first = frozenset(effect_first)

    def digest(self) -> str:
        return repr(self._state())

    def read_attribute(self, name: str) -> Any:
        return getattr(self, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        inner = getattr(self._inner, name)
        if not callable(inner) or hasattr(inner, "acquire"):
            return inner
        return _Method(self, name, inner)


class _Method:
    def __init__(self, owner: SharedObject, name: str, inner: Callable[..., Any]) -> None:
        self._owner = owner
        self._called = f"{owner._name}.{name}"
        self._inner = inner
        self._slow = name in owner._slow
        self._first = name in owner._effect_first

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        world = World.current
        if world is None or world.running is None:
            return self._inner(*arguments, **keywords)
        site = world.site
        told = ", ".join([*map(repr, arguments), *(f"{k}={v!r}" for k, v in keywords.items())])
        text = f"{self._called}({told})"
        outcome: Any = None
        if self._slow:
            world.pause(Operation(f"{text} begins", site=site))
            world.site = site
            outcome = self._attempt(arguments, keywords) if self._first else None
            world.observe("begins")
            world.note(world.running, "call", f"{text} begins", target=self._called)
        world.pause(Operation(f"{text} ends" if self._slow else text, site=site))
        world.site = site
        value, error = outcome or self._attempt(arguments, keywords)
        world.observe(repr(value), repr(error))
        told = f"raises {error!r}" if error else repr(value)
        world.note(world.running, "call", f"{text} → {told}", target=self._called)
        if error is not None:
            raise error
        return value

    def _attempt(self, arguments: Any, keywords: Any) -> tuple[Any, BaseException | None]:
        try:
            return self._inner(*arguments, **keywords), None
        except Exception as error:
            return None, error

"""How does a worker come to the configuration that a request is answered with?

With every request it compares one word with the one that it saw last: has anything been published since?
Only then the configuration is read anew. So a request is answered with the newest one, with one
that is whole, and no second look at memory can change it half way through.
"""

from __future__ import annotations

from typing import Protocol

from .config import Config
from .learners import Functions, LearnersFollower, OnNew
from .publishing import read
from .shared import Shared


class Follower(Protocol):
    """What a worker needs. `on_new` was called for the first configuration, too."""

    def current(self) -> Config:
        """The newest configuration, for a request. A learner's way may raise anything."""

    def latest(self) -> Config:
        """The newest one that is known to the worker, for what is no request."""

    def stop(self) -> None:
        """End what was started."""


class OwnFollower:
    """Reads as publishing.py explains."""

    def __init__(self, shared: Shared, on_new: OnNew) -> None:
        self._shared, self._on_new = shared, on_new
        self._words = shared.words
        self._sequence, self._config = read(shared)
        on_new(self._config)

    def current(self) -> Config:
        if self._words[0] != self._sequence:
            self._sequence, self._config = read(self._shared)
            self._on_new(self._config)
        return self._config

    latest = current

    def stop(self) -> None:
        pass


def follow(shared: Shared, functions: Functions | None, on_new: OnNew) -> Follower:
    """A follower of the server's own kind, or one of a learner's functions."""
    if functions:
        return LearnersFollower(shared, functions, on_new)
    return OwnFollower(shared, on_new)

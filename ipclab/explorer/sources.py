"""The texts of the learner's functions: found, and rewritten on demand."""

from __future__ import annotations

import functools
import linecache
import sysconfig
import types
from collections.abc import Callable, Mapping
from typing import Any

from .compiling import Rewritten, rewrite
from .sites import Sites

INSTALLED = tuple(
    sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")
)


class NoSource(TypeError):
    """A function whose text can't be found."""


class Sources:
    """The texts of all functions of a scenario, rewritten on demand."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts = dict(texts or {})
        self.sites = Sites()
        self._rewritten: dict[str, Rewritten | None] = {}
        self._codes: dict[tuple[str, types.CodeType], types.CodeType | None] = {}

    @property
    def filenames(self) -> set[str]:
        return {name for name, made in self._rewritten.items() if made is not None}

    def text(self, code: types.CodeType, scope: dict[str, Any] | None = None) -> str:
        """The whole text of the file or cell that defines `code`; empty when there is none."""
        name = code.co_filename
        if name not in self.texts:
            linecache.checkcache(name)
            self.texts[name] = "".join(linecache.getlines(name, scope))
        return self.texts[name]

    def line(self, filename: str, number: int) -> str:
        lines = self.texts.get(filename, "").splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def hooked(
        self, code: types.CodeType, scope: dict[str, Any] | None = None
    ) -> types.CodeType | None:
        """The rewritten code; None when the function has no source, or is none of the learner's."""
        key = code.co_filename, code
        if key not in self._codes:
            self._codes[key] = self._find(code, scope)
        return self._codes[key]

    def _find(self, code: types.CodeType, scope: dict[str, Any] | None) -> types.CodeType | None:
        name = code.co_filename
        if name.startswith(INSTALLED) or not self.text(code, scope):
            return None
        if name not in self._rewritten:
            try:
                self._rewritten[name] = rewrite(_python(self.texts[name]), name, self.sites)
            except SyntaxError:
                self._rewritten[name] = None
        made = self._rewritten[name]
        return made.counterpart(code) if made else None


def _python(text: str) -> str:
    """A cell's text without its magics: the line numbers stay."""
    return "\n".join(
        "" if line.lstrip().startswith(("%", "!")) else line for line in text.split("\n")
    )


def check(function: Callable[..., Any], sources: Sources) -> None:
    """Raises NoSource when the text of `function` can't be found."""
    code = _code(function)
    if code is None or sources.hooked(code, _unwrapped(function).__globals__) is None:
        name = getattr(function, "__qualname__", repr(function))
        raise NoSource(
            f"the source of {name} can't be found, and the explorer reads sources: define it with `def` or "
            "`lambda` in a file or in a cell, and run that cell again if its text has changed since"
        )


def _unwrapped(function: Any) -> Any:
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, types.MethodType):
            function = function.__func__
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif not isinstance(function, types.FunctionType | type) and callable(function):
            function = type(function).__call__
        else:
            return function


def _code(function: Any) -> types.CodeType | None:
    return getattr(_unwrapped(function), "__code__", None)

"""What is a solution, and how does the process that runs it load it?

A `Solution` is text, or the bytes of a pickle: it can be made, compared and sent without executing
a line of the learner's. Only `load`, called in the sandbox, executes it. Every run of a check
imports this module anew, so it needs little.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import os
import sys
import types
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_LIBRARY = os.path.dirname(os.__file__)
MODULE_NAME = "learners_solution"


class SolutionError(Exception):
    """The solution can't be taken: the text says what is wrong, where, and what to try."""


@dataclass(frozen=True)
class Part:
    """One file, or one cell of a notebook, as it is to be executed."""

    filename: str  # as a traceback shows it
    source: str
    kept: tuple[int, ...] | None = None  # numbers of the top-level statements to execute; None: all

    def statements(self) -> list[ast.stmt]:
        """The statements to execute, in order."""
        body = ast.parse(self.source, self.filename).body
        return body if self.kept is None else [body[number] for number in self.kept]


@dataclass(frozen=True)
class Solution:
    """What a learner handed in for the contract's `names`."""

    names: tuple[str, ...]
    stubs: tuple[str, ...]  # those of the names that are still to be written
    parts: tuple[Part, ...]  # the text: executed, or for a pickle only shown in tracebacks
    folder: str  # first place to look for modules that it imports
    pickled: bytes | None = None  # objects of a running notebook, as a dict from name to object

    @property
    def digest(self) -> int:
        """A small number that changes with the text: the seed, so that last time's values can't be
        written into the code, while one file is always examined in the same way."""
        text = "\0".join(part.source for part in self.parts)
        return zlib.crc32(text.encode("utf-8", "replace")) % 10_000

    def load(self) -> dict[str, object]:
        """Execute the solution and return its global names. Only in the sandbox.

        Raises whatever its top level raises.
        """
        for part in self.parts:
            lines = part.source.splitlines(keepends=True)
            linecache.cache[part.filename] = (len(part.source), None, lines, part.filename)
        sys.path.insert(0, self.folder)
        if self.pickled is not None:
            import cloudpickle

            return dict(cloudpickle.loads(self.pickled))
        return _execute(self.parts)

    def own_file(self, filename: str) -> bool:
        """Is this file, as a traceback names it, the learner's?"""
        return any(part.filename == filename for part in self.parts) or (
            filename.startswith(self.folder + os.sep) and not installed(filename)
        )


def _execute(parts: Iterable[Part]) -> dict[str, object]:
    module = types.ModuleType(MODULE_NAME)
    sys.modules[MODULE_NAME] = module  # dataclasses and pickle look a class's module up
    flags = 0
    for part in parts:
        module.__file__ = part.filename
        tree = ast.Module(part.statements(), [])
        code = compile(tree, part.filename, "exec", flags=flags, dont_inherit=True)
        # As in IPython, a __future__ import of one cell holds for the next ones.
        flags |= code.co_flags & __future__.annotations.compiler_flag
        exec(code, module.__dict__)
    return dict(module.__dict__)


def installed(filename: str) -> bool:
    """Does a file belong to Python, to a package or to the workbook, and not to the learner?"""
    if filename.startswith("<frozen") or {"site-packages", "dist-packages"} & {
        *filename.split("/")
    }:
        return True
    return filename.startswith((_PACKAGE + os.sep, _LIBRARY + os.sep))

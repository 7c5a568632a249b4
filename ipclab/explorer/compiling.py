"""Source texts, compiled as they are and with hooks, and which code object belongs to which."""

from __future__ import annotations

import ast
import types
from dataclasses import dataclass, field

from .rewriting import Rewriter
from .sites import Sites


@dataclass
class Rewritten:
    """A source text, compiled twice: as it is, and with hooks."""

    filename: str
    source: str
    sites: Sites
    plain: list[types.CodeType] = field(default_factory=list)
    hooked: list[types.CodeType] = field(default_factory=list)

    def counterpart(self, code: types.CodeType) -> types.CodeType | None:
        """The code with hooks of a function whose own code is `code`; None when it is not here."""
        same = [
            number
            for number, each in enumerate(self.plain)
            if (each.co_name, each.co_firstlineno) == (code.co_name, code.co_firstlineno)
        ]
        if not same:
            return None
        # Several lambdas of one line differ in what they do, or in where their columns begin.
        exact = [number for number in same if self.plain[number] == code]
        near = [n for n in same if _columns(self.plain[n]) == _columns(code)]
        chosen = self.hooked[(exact or near or same)[0]]
        return chosen if chosen.co_freevars == code.co_freevars else None


def _columns(code: types.CodeType) -> list[tuple[int | None, ...]]:
    return sorted({position for position in code.co_positions() if None not in position})


def rewrite(source: str, filename: str, sites: Sites) -> Rewritten:
    """Compile `source` with hooks. New places are added to `sites`. Raises SyntaxError."""
    plain = compile(source, filename, "exec", dont_inherit=True)
    tree = Rewriter(filename, sites).visit(ast.parse(source, filename))
    ast.fix_missing_locations(tree)
    hooked = compile(tree, filename, "exec", dont_inherit=True)
    return Rewritten(filename, source, sites, _functions(plain), _functions(hooked))


def _functions(code: types.CodeType) -> list[types.CodeType]:
    found = [code]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found += _functions(constant)
    return found

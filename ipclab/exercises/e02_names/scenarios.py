"""What happens in the sandbox when exercise 2 is checked: names to ask about."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

# Letters that stand for all kinds: one byte and more, the usual, and those that a shell would mind.
_LETTERS = "ab01._-~ *\\$'\"\t\n\x7fäé中🙂"
_SEPARATORS = ("/", "//", "\0", ".", "..")


def ask(functions: SimpleNamespace, names: list[str]) -> list[tuple[str, str]]:
    """In the sandbox: what does the solution say to each name, in turn?

    ("yes" or "no", what it returned) or ("raised", the exception).
    """
    return [_ask_one(functions.valid_name, name) for name in names]


def _ask_one(function: Any, name: str) -> tuple[str, str]:
    try:
        answer = function(name)
        return ("yes" if answer else "no"), f"{answer!r:.80}"
    except Exception as error:  # whatever it is: the exercise says that it raises for no name
        return "raised", f"{type(error).__name__}: {error}"[:200]


def some_names(dice: random.Random, number: int) -> list[str]:
    """Names of all kinds, about half of them portable."""
    return [_some_name(dice) for _ in range(number)]


def _some_name(dice: random.Random) -> str:
    length = dice.choice((1, 2, 3, 8, 60, 80, 120, 200, 250, 251, 252, 300))
    letters = dice.choice((_LETTERS, _LETTERS[:10], _LETTERS[-4:]))
    name = "/" + "".join(dice.choices(letters, k=length))
    if dice.random() < 0.4:
        place = dice.randrange(len(name))
        name = name[:place] + dice.choice(_SEPARATORS) + name[place:]
    return name[1:] if dice.random() < 0.1 else name

"""What is one exercise to the person who solves it?"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .diagnoses import Diagnosis, diagnosis

if TYPE_CHECKING:
    import os

    from ipclab.sandbox import Run

    from .checking import Requirement
    from .report import Report


@dataclass(frozen=True)
class Note:
    """A sentence or a listing that shows as text in a terminal and rendered in a notebook."""

    text: str
    code: bool = False

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.text}\n```" if self.code else self.text


@dataclass(frozen=True, repr=False)
class Exercise:
    """One exercise: what to write, how it is checked, and what helps.

    Shown in a notebook or printed, it reads the same before and after it is solved.
    """

    number: int
    slug: str
    title: str
    stars: int  # 1 to 3
    names: tuple[str, ...]  # what the solution must define
    stub: str
    spec: str
    hints: tuple[str, ...]
    model: str  # "ipclab.ipc.pipes.capacity": the tested code that `solution` shows
    requirements: tuple[Requirement, ...]
    meanings: Mapping[str, Diagnosis] = field(default_factory=dict)  # what a diagnosis means here
    choices: Mapping[str, str] = field(default_factory=dict)  # what `predict` chooses from
    model_answer: str = ""  # what `explain` shows beside a learner's words; "": it asks for none
    worth_mentioning: tuple[str, ...] = ()  # points of the model answer, to be ticked off
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # exercise 1's choices

    def __post_init__(self) -> None:
        earlier: set[str] = set()
        for requirement in self.requirements:
            if requirement.name in earlier or not earlier.issuperset(requirement.needs):
                raise ValueError(
                    f"exercise {self.number}: the name of requirement {requirement.name!r} must be new,"
                    f" and what it needs, {requirement.needs}, must stand above it"
                )
            earlier.add(requirement.name)
        for meanings in (self.meanings, *(each.meanings for each in self.requirements)):
            for word in meanings:
                diagnosis(word)

    def check(self, *objects: object, seed: int | None = None) -> Report:
        """Is this solution right, and if not, why? Objects are matched by their `__name__`.

        `seed` repeats a check with the names and sizes that it used.
        """
        from . import live, marking, state
        from .solutions import SolutionError

        try:
            solution = live.from_objects(objects, self.names)
        except SolutionError as error:
            return marking.error_report(self.number, self.slug, str(error), seed)
        report = marking.check(self, solution, seed)
        if report:
            state.record_pass(self.number)
        return report

    def check_file(self, path: str | os.PathLike[str], seed: int | None = None) -> Report:
        """The same for the solution in a Python file or a notebook. Keeps no progress."""
        from . import files, marking
        from .solutions import SolutionError

        try:
            solution = files.from_file(path, self.names)
        except SolutionError as error:
            return marking.error_report(self.number, self.slug, str(error), seed)
        return marking.check(self, solution, seed)

    def run(self, function: Callable[..., Any], *args: Any, trace: bool = False) -> Run:
        """What does this function do? Called in the sandbox, without judgement.

        `trace`: record its system calls too, as `Run.trace`.
        """
        from ipclab.sandbox import run

        return run(function, *args, trace=trace)

    def hint(self, level: int | None = None) -> Note:
        """The next hint, or that of a `level`; after the last one, the last one again.

        Raises ValueError when there is no such level.
        """
        from . import state

        last = len(self.hints)
        if level is not None and level not in range(1, last + 1):
            raise ValueError(f"There is no hint {level!r}; they are numbered 1 to {last}.")

        def count(kept: dict[str, Any]) -> dict[str, Any]:
            seen = kept.get("hints")
            seen = seen if isinstance(seen, int) else 0
            return {"hints": max(seen, level or min(seen + 1, last))}

        seen = state.update(self.number, count)["hints"]
        shown = level or max(1, min(seen, last))
        text = f"Hint {shown} of {last}: {self.hints[shown - 1]}"
        if shown == last:
            text += " (This was the last hint. ex.solution(give_up=True) shows a solution.)"
        return Note(text)

    def predict(self, choice: str) -> Note:
        """Keep what you expect, before the experiment shows it. Raises ValueError for no choice."""
        from . import state

        if choice not in self.choices:
            listing = "; ".join(f'"{key}": {text}' for key, text in self.choices.items())
            raise ValueError(f"{choice!r} is not one of the choices. They are {listing or 'none'}.")
        state.record(self.number, prediction=choice)
        return Note(f"Your prediction is kept: ({choice}) {self.choices[choice]}. Now find out.")

    @property
    def prediction(self) -> str | None:
        """The choice that `predict` kept, if it was made."""
        from . import state

        choice = state.of_exercise(self.number).get("prediction")
        return choice if isinstance(choice, str) and choice in self.choices else None

    def explain(self, text: str) -> Note:
        """Keep an answer in your own words, and show it beside a model answer. Nobody grades it.

        Raises ValueError when this exercise asks for none.
        """
        from . import state

        if not self.model_answer:
            raise ValueError(f"Exercise {self.number} asks for no answer in words.")
        if not text.strip():
            return Note("Write your answer between the quotation marks, a sentence or two.")
        state.record(self.number, explanation=text)
        boxes = "\n".join(f"- ☐ {point}" for point in self.worth_mentioning)
        mentioned = f"\n\nDid you mention\n\n{boxes}" if boxes else ""
        return Note(f"Your answer: {text}\n\nA model answer: {self.model_answer}{mentioned}")

    @property
    def explanation(self) -> str | None:
        """The answer that `explain` kept, if one was given."""
        from . import state

        text = state.of_exercise(self.number).get("explanation")
        return text if isinstance(text, str) else None

    def solution(self, give_up: bool = False) -> Note:
        """The source of a tested solution, once the exercise is passed or given up."""
        from . import state

        if not give_up and "passed" not in state.of_exercise(self.number):
            return Note(
                "The solution is shown when your own has passed. ex.hint() helps;"
                " ex.solution(give_up=True) shows it now."
            )
        return Note(inspect.getsource(_resolve(self.model)).rstrip(), code=True)

    def __repr__(self) -> str:
        return f"{self._heading()}\n\n{self.spec}\n\n{self.stub.rstrip()}"

    def _repr_markdown_(self) -> str:
        return f"**{self._heading()}**\n\n{self.spec}\n\n```python\n{self.stub.rstrip()}\n```"

    def _heading(self) -> str:
        return f"Exercise {self.number}: {self.title} {'★' * self.stars} ({self.stars} of 3 stars)"

    def __reduce__(self) -> tuple[Any, ...]:
        # A notebook's functions may use the variable `ex`; its requirements can't be sent along.
        from . import exercise

        return exercise, (self.number,)


def _resolve(dotted: str) -> Any:
    """The module, class or function that a dotted name stands for."""
    first, *rest = dotted.split(".")
    found: Any = importlib.import_module(first)
    for name in rest:
        if isinstance(found, ModuleType) and not hasattr(found, name):
            found = importlib.import_module(f"{found.__name__}.{name}")
        else:
            found = getattr(found, name)
    return found

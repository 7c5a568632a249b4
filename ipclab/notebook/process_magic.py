"""`%%process`: what does this cell do as a program of its own, with all that it forks?"""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipclab.sandbox import Process, Run

DEADLINE, LONGEST_DEADLINE = 5.0, 600  # seconds


def process(line: str, cell: str) -> None:
    """Run this cell as a program of its own. It may fork, exec, hang or die: the notebook stays.

        %%process [NAME] [--deadline SECONDS]

    Variables and functions of the notebook can be used, as copies; what the cell assigns stays in
    the program. Shown are its output, its processes, what they left behind, and if it could not go
    on, who waits for whom. NAME: keep the outcome in this variable; `NAME.show()` draws it.
    """
    from IPython import get_ipython
    from IPython.display import display

    from ipclab.sandbox import cells, run

    shell = get_ipython()
    options = _options(line)
    source = "\n" + cell  # the line with %%process counts, as in the notebook's numbering
    try:
        tree = ast.parse(source, cells.FILENAME)
        compile(tree, cells.FILENAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        print(_syntax_error(error), file=sys.stderr)
        return
    names = _names_for(tree, shell.user_ns, shell.user_ns_hidden)
    outcome = Outcome.of(run(cells.perform, source, names, deadline=options.deadline))
    outcome.repeat_output()
    if options.name:
        shell.user_ns[options.name] = outcome.run
    display(outcome)  # type: ignore[no-untyped-call]


def _options(line: str) -> Any:
    from IPython.core.error import UsageError
    from IPython.core.magic_arguments import MagicArgumentParser

    parser = MagicArgumentParser("%%process")  # type: ignore[no-untyped-call]
    parser.add_argument("name", nargs="?")
    parser.add_argument("--deadline", type=float, default=DEADLINE)
    options = parser.parse_argstring(line)  # type: ignore[no-untyped-call]
    if options.name and not options.name.isidentifier():
        raise UsageError(f"%%process: {options.name!r} is no name of a variable")
    if not 0 < options.deadline <= LONGEST_DEADLINE:
        limits = f"above 0 and up to {LONGEST_DEADLINE}"
        raise UsageError(f"%%process: --deadline needs a number of seconds {limits}")
    return options


def _syntax_error(error: SyntaxError) -> str:
    import traceback

    return "".join(traceback.format_exception_only(error)).rstrip()


def _names_for(
    tree: ast.Module, notebook: Mapping[str, Any], hidden: Mapping[str, Any]
) -> dict[str, object]:
    """What the cell uses of the notebook. Raises UsageError for what can't be sent."""
    from IPython.core.error import UsageError

    from ipclab.sandbox import transport

    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    assigned = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    chosen = {}
    for name in dict.fromkeys(node.id for node in nodes):
        if name not in notebook or notebook[name] is hidden.get(name, tree):
            continue
        try:
            transport.dumps(type, (notebook[name],))
        except TypeError as error:
            if name in assigned:  # most likely the cell makes one of its own
                continue
            kind = type(notebook[name]).__name__
            raise UsageError(
                f"%%process: {name}, a {kind}, cannot be sent to another process:"
                f" {error.__cause__ or error}. Make it in this cell."
            ) from None
        chosen[name] = notebook[name]
    return chosen


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of the cell, as text: its processes, leaks, and a diagnosis if it was stuck."""

    run: Run

    @classmethod
    def of(cls, run: Run) -> Outcome:
        """`run` as of a program: with the value, and the exit status, that the cell ended with."""
        if isinstance(run.value, dict):
            run = dataclasses.replace(
                run, value=run.value["value"], exit_status=run.value["exit_status"]
            )
        return cls(run)

    def repeat_output(self) -> None:
        """Write what the program wrote, and the traceback of an exception, as Python does."""
        sys.stdout.write(_in_words(self.run.stdout.decode(errors="backslashreplace")))
        sys.stdout.flush()
        sys.stderr.write(_in_words(self.run.stderr.decode(errors="backslashreplace")))
        if raised := self.run.exception:
            sys.stderr.write(_in_words(raised.traceback or f"{raised}\n"))
        sys.stderr.flush()

    def __repr__(self) -> str:
        facts = [("processes", "; ".join(self._processes()))]
        if self.run.value is not None:
            facts.insert(0, ("value", repr(self.run.value)))
        facts += [("left behind", str(leak)) for leak in self.run.leaks]
        if self.run.stuck:
            facts.append(("stuck", str(self.run.stuck)))
        return "\n".join(f"{label}: {_in_words(text)}" for label, text in facts)

    def _processes(self) -> list[str]:
        first, *others = self.run.processes or (None,)
        name = first.name if first else "parent"
        return [f"{name} {self._end_of_first()}", *map(_state, others)]

    def _end_of_first(self) -> str:
        status = self.run.exit_status
        if self.run.stuck:
            return "could not go on" if self.run.stuck.proved else "was stopped at the deadline"
        if self.run.exception:
            return f"raised {self.run.exception.type}"
        if status is None or status >= 0:
            return "was stopped" if status is None else f"ended with exit status {status}"
        return f"was killed by signal {-status}"


def _state(process: Process) -> str:
    words = {"ended": "ended", "zombie": "is a zombie", "stopped": "is stopped by a signal"}
    return f"{process.name} {words.get(process.state, 'had not ended')}"


def _in_words(text: str) -> str:
    """Without numbers and names that mean nothing, and are different every time."""
    text = re.sub(r"pipe:\[\d+\]", "a pipe", text)
    text = re.sub(r" \([^()]* -m ipclab\.sandbox\.helper \d+\)", "", text)
    return re.sub(r'(File )?"?/[^\s"]*/ipykernel_\d+/\d+\.py"?', r"\1a cell of the notebook", text)

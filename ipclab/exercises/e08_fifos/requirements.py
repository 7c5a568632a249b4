"""What must a solution of exercise 8 do? The server first, then the client, then both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ipclab.exercises.checking import Exam, Finding, Requirement, left_behind, passed

from . import client_rules, judging, meanings, server_rules
from .scenes import outcome_of, the_run

_CALLS = {
    "first": "serve_lines",
    "nobody": "serve_lines with count 0",
    "come and go": "serve_lines with several clients",
    "nobody reads yet": "send_line",
    "lines": "send_line, called several times",
    "one byte too long": "send_line with a line over PIPE_BUF",
    "no FIFO ever": "send_line without a FIFO",
}


def _examine_left(names: tuple[str, ...], exam: Exam) -> Finding:
    for name in names:
        problem, outcome = outcome_of(exam, name)
        if problem := problem or judging.left(_CALLS[name], outcome):
            return problem
    runs = [the_run(exam, name) for name in names]
    return left_behind(runs) or passed("No descriptor, process, thread or file was left.")


SERVES, SENDS = "serve_lines handles a line and returns", "send_line waits for a reader and sends"
_SERVER, _CLIENT = (
    ("first", "nobody", "come and go"),
    ("nobody reads yet", "lines", "one byte too long", "no FIFO ever"),
)


def _requirement(name: str, examine: Callable[[Exam], Finding], *needs: str) -> Requirement:
    return Requirement(name, examine, needs or (SERVES,), meanings.OF_REQUIREMENTS.get(name, {}))


REQUIREMENTS = (
    Requirement(SERVES, server_rules.examine_first, meanings=meanings.OF_REQUIREMENTS[SERVES]),
    _requirement("serve_lines removes its FIFO", server_rules.examine_removed),
    _requirement("serve_lines returns at once for count 0", server_rules.examine_nobody),
    _requirement("serve_lines goes on when a client leaves", server_rules.examine_come_and_go),
    _requirement("serve_lines puts lines together", server_rules.examine_pieces),
    _requirement("serve_lines serves several clients at once", server_rules.examine_crowd),
    _requirement("serve_lines hands lines over as they were sent", server_rules.examine_contents),
    _requirement("serve_lines sleeps through a silence and goes on", server_rules.examine_patience),
    _requirement(
        "serve_lines loses nobody who comes as another leaves", server_rules.examine_between
    ),
    _requirement("serve_lines leaves nothing open", partial(_examine_left, _SERVER)),
    _requirement("serve_lines stops after count lines", server_rules.examine_surplus),
    _requirement("serve_lines lets an exception of handle through", server_rules.examine_raising),
    _requirement("only the user may open the FIFO", server_rules.examine_modes),
    _requirement("what is no FIFO stays as it is", server_rules.examine_something_else),
    _requirement("a FIFO that is there already does no harm", server_rules.examine_again),
    _requirement("serve_lines leaves the caller's things alone", server_rules.examine_caller),
    Requirement(SENDS, client_rules.examine_waiting, meanings=meanings.OF_REQUIREMENTS[SENDS]),
    _requirement("send_line sends each line as it is", client_rules.examine_lines, SENDS),
    _requirement("send_line sends a line in one piece", client_rules.examine_one_piece, SENDS),
    _requirement(
        "send_line sends a long line whole, or refuses it", client_rules.examine_long, SENDS
    ),
    _requirement("send_line without a FIFO says so", client_rules.examine_absent, SENDS),
    _requirement(
        "send_line is not kept by a server that goes", client_rules.examine_leaving, SENDS
    ),
    _requirement("send_line leaves nothing open", partial(_examine_left, _CLIENT), SENDS),
    _requirement("send_line lets nobody into a long line", client_rules.examine_cut_in, SENDS),
    _requirement("both work together", client_rules.examine_together, SERVES, SENDS),
)

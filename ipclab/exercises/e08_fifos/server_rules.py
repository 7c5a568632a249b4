"""How is the server of exercise 8 judged? One function for each requirement."""

from __future__ import annotations

from ipclab.exercises.checking import Exam, Finding, failed, passed

from . import callers, judging
from .playing import Outcome
from .scenes import ERRORS, KINDS, UMASKS, begin_all, first, outcome_of, the_run
from .stage import is_busy


def _serves(exam: Exam, what: str, name: str, missing: str = "lost-item") -> Finding | None:
    problem, outcome = outcome_of(exam, name)
    return problem or judging.served(what, outcome, exam.solution, missing)


def examine_first(exam: Exam) -> Finding:
    run = first(exam)
    if problem := exam.trouble(run):
        return problem
    outcome, what = run.value, "One client, which stays after its line"
    if not outcome["came"] and not judging.bad_end(what, outcome, exam.solution):
        return judging.no_end(f"{what} (nobody opened the FIFO to read)", outcome) or failed(
            "wrong-result", f"{what}: it returned, and had never opened a FIFO at the path to read."
        )
    if problem := judging.served(what, outcome, exam.solution, "hang"):
        return _with_own_write_end(problem, outcome)
    begin_all(exam)
    return passed("The line of one client was handled, and the call returned.")


def _with_own_write_end(problem: Finding, outcome: Outcome) -> Finding:
    """Only at the first line: a server that has returned from there once does not wait for end of file."""
    held = outcome.get("state", "")
    if problem.diagnosis != "hang" or "waits in" not in held or "read and write" not in held:
        return problem
    told = (
        " If it waits for an end of file: who has a FIFO open for reading and writing is a writer himself,"
        " and for him there is none."
    )
    return failed("hang", problem.evidence + told)


def examine_removed(exam: Exam) -> Finding:
    if the_run(exam, "first").value["left_at_path"]:
        return failed("fifo-left", "The call has returned, and the FIFO is still there.")
    return passed("After the call there was nothing at the path.")


def examine_nobody(exam: Exam) -> Finding:
    problem, outcome = outcome_of(exam, "nobody")
    what = "With count 0"
    if problem := problem or judging.served(what, outcome, exam.solution):
        return problem
    if outcome["left_at_path"]:
        return failed("fifo-left", f"{what}: the call has returned, and left a FIFO behind.")
    return passed("With count 0 it returned at once.")


def examine_come_and_go(exam: Exam) -> Finding:
    what = "Clients one after the other"
    return _serves(exam, what, "come and go") or passed(
        "Four clients, and others that said nothing, came and went one after the other."
    )


def examine_between(exam: Exam) -> Finding:
    what = "A client came and went after the end of file and before the server's next step"
    return _serves(exam, what, "between") or passed(f"{what}: its line was not lost.")


def examine_crowd(exam: Exam) -> Finding:
    return _serves(exam, "Three clients at once", "crowd") or passed(
        "Three clients at once sent fifteen lines."
    )


def examine_pieces(exam: Exam) -> Finding:
    return (
        _serves(exam, "Lines that come in pieces", "pieces", "partial-read")
        or _serves(exam, "Sixty lines, far more than one read takes", "long pieces", "partial-read")
        or passed("Lines came in pieces, and many in one piece; each was handled whole.")
    )


def examine_contents(exam: Exam) -> Finding:
    return _serves(exam, "Lines of all kinds of bytes", "contents") or passed(
        "Empty lines, carriage returns, bytes that are no text: all came as they were sent."
    )


def examine_surplus(exam: Exam) -> Finding:
    problem, outcome = outcome_of(exam, "surplus")
    what = "Six lines were sent, and count was 3"
    if problem := problem or judging.served(what, outcome, exam.solution):
        return problem
    if not outcome["told"]:
        return failed(
            "hang",
            f"{what}: the call has returned, and a client that still has the FIFO open is not told so:"
            " somebody still holds the read end, and reads no more. On a full pipe it waits for ever.",
        )
    if outcome["end"].get("noticed"):
        return failed(
            "hang",
            f"{what}: just before the name was removed nobody had the FIFO open to read any more. A client"
            " that comes then waits in its open for ever. Remove the name first, and close after it.",
        )
    return passed("Three of six lines were handled, and the surplus client was told (EPIPE).")


def examine_raising(exam: Exam) -> Finding:
    for kind in ERRORS:
        what = f"handle raised {kind}"
        problem, outcome = outcome_of(exam, f"raises {kind}")
        if problem:
            return problem
        kinds = judging.raised_in(outcome)
        if kind not in kinds:
            return (
                judging.no_end(what, outcome)
                or judging.bad_end(what, outcome, exam.solution)
                or failed(
                    "wrong-result", f"{what}: serve_lines returned as if nothing had happened."
                )
            )
        if outcome["left_at_path"]:
            return failed(
                "fifo-left", f"{what}: the exception came through, and the FIFO is still there."
            )
        if problem := judging.left(what, outcome):
            return problem
        if len(outcome["lines"]) != 1:
            return failed("wrong-result", f"{what}, and was called again nevertheless.")
    return passed(f"{', '.join(ERRORS)}: each came through, and the FIFO was removed.")


def examine_modes(exam: Exam) -> Finding:
    for umask in UMASKS:
        what = f"With umask {umask:03o}"
        problem, outcome = outcome_of(exam, f"umask {umask:o}")
        if problem or outcome["mode"] == -1:
            return problem or failed("wrong-result", f"{what} there was no FIFO at the path.")
        if outcome["mode"] & 0o077:
            return failed(
                "too-open-mode", f"{what} the FIFO had mode {outcome['mode']:04o} instead of 0600."
            )
        if outcome["mode"] != 0o600:
            return failed(
                "wrong-result", f"{what} the FIFO had mode {outcome['mode']:04o} instead of 0600."
            )
        if problem := judging.served(what, outcome, exam.solution):
            return problem
        for mode in outcome["end"].get("noticed", []):
            return failed(
                "too-open-mode",
                f"{what} the FIFO had mode {mode:04o} at first, and 0600 later: who opened it in between"
                " can go on using what he opened. Give mkfifo the mode.",
            )
    return passed("The FIFO had mode 0600 under umask 000, 022 and 077.")


def examine_something_else(exam: Exam) -> Finding:
    for kind in KINDS:
        what = f"With a {kind} at the path"
        problem, outcome = outcome_of(exam, kind)
        if problem:
            return problem
        if outcome["changed_file"]:
            return failed("wrong-result", f"{what}: it was changed, removed or replaced.")
        if outcome["lines"]:
            return failed(
                "wrong-result", f"{what}: it was read: {judging.shown(outcome['lines'])}."
            )
        if "FileExistsError" in judging.raised_in(outcome):
            continue
        wanted = "FileExistsError was to be raised"
        if bad := judging.bad_end(f"{what}, {wanted}", outcome, exam.solution):
            return bad
        how = "it returned" if outcome["end"] else outcome["state"]
        return failed("wrong-result", f"{what}, {wanted}; {how}.")
    return passed(f"FileExistsError for a {', a '.join(KINDS)}; each stayed as it was.")


def examine_again(exam: Exam) -> Finding:
    what = "A FIFO that a crash had left was at the path, and a second call followed"
    return _serves(exam, what, "again") or passed(f"{what}: both calls handled their line.")


def examine_caller(exam: Exam) -> Finding:
    what = "For a caller with children, handlers, other descriptors, and 0 to 2 closed"
    problem, outcome = outcome_of(exam, "caller")
    return (
        problem
        or judging.served(what, outcome, exam.solution)
        or judging.left(what, outcome)
        or passed("The caller's children, handlers, descriptors and directory were as before.")
    )


def examine_patience(exam: Exam) -> Finding:
    for when in callers.WAITS:
        problem, outcome = outcome_of(exam, when)
        if problem:
            return problem
        seen, what = outcome["seen"], f"A second of silence {when}"
        if is_busy(seen) and not (outcome["end"] and outcome["end"]["raised"]):
            return failed("busy-wait", f"{what}: {seen['share']:.0%} of a processor was used.")
        if problem := judging.served(what, outcome, exam.solution):
            return problem
    return passed(
        "A second of silence cost next to no processor time, and the lines after it were handled."
    )

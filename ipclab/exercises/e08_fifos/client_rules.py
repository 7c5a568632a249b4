"""How is the client of exercise 8 judged, and both together? One function for each requirement."""

from __future__ import annotations

from ipclab.exercises.checking import Exam, Finding, failed, passed

from . import judging, sending
from .playing import Outcome
from .scenes import outcome_of
from .stage import is_busy


def _sent(exam: Exam, what: str, name: str) -> tuple[Finding | None, Outcome]:
    """A client's call that must have returned, and what it sent."""
    problem, outcome = outcome_of(exam, name)
    if not problem:
        problem = judging.bad_end(what, outcome, exam.solution) or judging.no_end(what, outcome)
    return problem or judging.wrong_return(what, outcome), outcome


def examine_waiting(exam: Exam) -> Finding:
    what = "The FIFO was there, and its reader came a second later"
    problem, outcome = _sent(exam, what, "nobody reads yet")
    if problem:
        return problem
    if outcome["early"] or not outcome["data"]:
        return failed(
            "lost-item",
            f"{what}: send_line had returned before, and its line never came. Nobody waited for a reader.",
        )
    if is_busy(outcome["seen"]):
        return failed(
            "busy-wait",
            f"{what}: meanwhile {outcome['seen']['share']:.0%} of a processor was used.",
        )
    return _judge_data(what, outcome) or passed("It waited for a reader, and sent its line then.")


def _judge_data(what: str, outcome: Outcome) -> Finding | None:
    wanted, got = outcome["wanted"], outcome["data"]
    if not outcome["fifo_stays"]:
        return failed(
            "wrong-result",
            f"{what}: the client removed or replaced the FIFO, which is the server's.",
        )
    if got == wanted:
        return None
    differ = f"{len(wanted):,} bytes should arrive, and {len(got):,} did: {judging.shown([got])}"
    cut = got and wanted.startswith(got) and wanted != got + b"\n"
    word = "partial-write" if cut else "wrong-result"
    if not got:
        word = "lost-item"
    return failed(word, f"{what}: {differ} instead of {judging.shown([wanted])}.")


def examine_lines(exam: Exam) -> Finding:
    what = "Lines of all kinds of bytes, up to PIPE_BUF"
    problem, outcome = _sent(exam, what, "lines")
    return (
        problem
        or _judge_data(what, outcome)
        or passed("Each line arrived as it was given, with one newline.")
    )


def examine_one_piece(exam: Exam) -> Finding:
    what = "The FIFO had room for the line, and not for its newline"
    problem, outcome = _sent(exam, what, "in one piece")
    if problem:
        return problem
    line = outcome["wanted"]
    if outcome["data"] not in (line + sending.OTHER, sending.OTHER + line):
        if sorted(outcome["data"]) == sorted(line + sending.OTHER):
            return failed(
                "interleaved-records",
                f"{what}: the line of another client came in between: {judging.shown([outcome['data']])}.",
            )
        return _judge_data(what, outcome) or passed("")
    return passed("A line and its newline were sent in one piece.")


def examine_long(exam: Exam) -> Finding:
    for name, what in (
        ("one byte too long", "A line that is PIPE_BUF bytes with no newline yet"),
        ("little room", "The same line into a nearly full FIFO, and a signal in the middle"),
        ("long line", "A line of 200,000 bytes, and a signal in the middle"),
    ):
        problem, outcome = outcome_of(exam, name)
        if problem:
            return problem
        if "ValueError" in judging.raised_in(outcome):
            if outcome["data"]:
                return failed(
                    "partial-write",
                    f"{what}: ValueError, and {len(outcome['data']):,} bytes had been sent.",
                )
            continue
        problem, outcome = _sent(exam, what, name)
        if problem := problem or _judge_data(what, outcome):
            return problem
    return passed("A line over PIPE_BUF arrived whole, or was refused with ValueError.")


def examine_cut_in(exam: Exam) -> Finding:
    what = "One client was in the middle of a line over PIPE_BUF as another sent a short one"
    problem, outcome = outcome_of(exam, "cut in")
    if problem:
        return problem
    if "ValueError" in judging.raised_in(outcome):
        return passed("A line over PIPE_BUF was refused with ValueError.")
    for client in (outcome, outcome["second"]):
        problem = judging.bad_end(what, client, exam.solution) or judging.no_end(what, client)
        if problem:
            return problem
    line, short, data = outcome["wanted"], outcome["short"], outcome["data"]
    if data in (line + short, short + line):
        return passed(f"{what}: it came before or after that one, not in between.")
    before = data[: max(data.find(short), 0)]
    if not before or not line.startswith(before) or line == before:
        return _judge_data(what, outcome) or failed(
            "lost-item", f"{what}: the short line, {judging.shown([short])}, never came."
        )
    return failed(
        "interleaved-records",
        f"{what}: that came after the first {len(before):,} of {len(line):,} bytes. Only a write of at most"
        " PIPE_BUF bytes is never mixed with others: refuse a longer line, or hold a lock on it.",
    )


def examine_absent(exam: Exam) -> Finding:
    for name, what in (
        ("no FIFO yet", "The client was there before the FIFO"),
        ("no FIFO ever", "There was no FIFO, and none came"),
    ):
        problem, outcome = outcome_of(exam, name)
        if problem:
            return problem
        if outcome["made_something"]:
            return failed("wrong-result", f"{what}: send_line has made a file at the path.")
        kinds = judging.raised_in(outcome)
        if "FileNotFoundError" in kinds or ("TimeoutError" in kinds and name == "no FIFO ever"):
            continue
        if problem := judging.bad_end(what, outcome, exam.solution) or judging.no_end(
            what, outcome
        ):
            return problem
        if name == "no FIFO ever":
            return failed("lost-item", f"{what}: send_line returned as if it had sent its line.")
        if problem := _judge_data(what, outcome):
            return problem
    return passed("Without a FIFO it waited a moment, or raised FileNotFoundError.")


def examine_leaving(exam: Exam) -> Finding:
    what = "The FIFO was full, and its server removed it and went"
    problem, outcome = outcome_of(exam, "reader leaves")
    if problem:
        return problem
    told = {"BrokenPipeError", "FileNotFoundError", "TimeoutError"} & {*judging.raised_in(outcome)}
    if not told and (
        problem := judging.bad_end(what, outcome, exam.solution) or judging.no_end(what, outcome)
    ):
        return problem
    return passed("A client whose server went away was not kept waiting.")


def examine_together(exam: Exam) -> Finding:
    problem, outcome = outcome_of(exam, "together")
    what = "Your server with three of your clients"
    if problem:
        return problem
    for client in outcome["clients"]:
        if problem := judging.bad_end(what, client, exam.solution):
            return problem
    if outcome["end"] and len(outcome["lines"]) == 15 and not outcome["end"]["raised"]:
        return passed(f"{what}: fifteen lines went from one to the other.")
    return (
        judging.bad_end(what, outcome, exam.solution)
        or judging.no_end(what, outcome)
        or failed("lost-item", f"{what}: {len(outcome['lines'])} of 15 lines were handled.")
    )

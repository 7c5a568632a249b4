"""Which scenarios does a check of exercise 8 run, and with what? All begin early, beside one another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ipclab.exercises.checking import Exam, Finding
from ipclab.sandbox import Run

from . import callers, sending, serving
from .playing import Outcome

DEADLINE = 12.0  # seconds; every wait inside has a limit of its own, far below
KINDS = ("regular file", "directory", "symbolic link to a file", "socket")
ERRORS = ("RuntimeError", "BlockingIOError", "KeyboardInterrupt")
UMASKS = (0, 0o022, 0o077)
_PIPE_BUF = 4096  # of every Linux


def first(exam: Exam) -> Run:
    """The first trial; when it went well, everything else may begin."""
    return exam.once("first", lambda: exam.run(serving.one_client, _word(exam), deadline=DEADLINE))


def begin_all(exam: Exam) -> None:
    for name, start in _scenes(exam).items():
        exam.begin(name, start)


def the_run(exam: Exam, name: str) -> Run:
    return exam.once(name, _scenes(exam)[name]) if name != "first" else first(exam)


def outcome_of(exam: Exam, name: str) -> tuple[Finding | None, Outcome]:
    """What kept a scenario from bringing an answer, or the answer."""
    run = the_run(exam, name)
    problem = exam.trouble(run)
    return problem, {} if problem else run.value


def _word(exam: Exam) -> bytes:
    return f"word-{exam.random.randrange(1 << 30)}".encode()


def _words(exam: Exam, count: int) -> list[bytes]:
    return [_word(exam) for _ in range(count)]


def _scenes(exam: Exam) -> dict[str, Callable[[], Run]]:
    """Every scenario, by name; those that need patience first."""

    def scene(scenario: Callable[..., Any], *args: Any) -> Callable[[], Run]:
        return partial(exam.run, scenario, *args, deadline=DEADLINE)

    found = {
        "no FIFO ever": scene(sending.no_fifo_ever, _word(exam)),
        "reader leaves": scene(sending.reader_leaves, _word(exam)),
        "nobody reads yet": scene(sending.nobody_reads_yet, _word(exam)),
    }
    found |= {when: scene(callers.patience, when) for when in callers.WAITS}
    found |= {
        "nobody": scene(serving.nobody),
        "come and go": scene(serving.come_and_go, _words(exam, 4)),
        "between": scene(serving.between, [_words(exam, 2) for _ in range(3)]),
        "crowd": scene(serving.crowd, [_words(exam, 5) for _ in range(3)]),
        "pieces": scene(serving.pieces, _pieces(exam), 9),
        "long pieces": scene(serving.pieces, _long_pieces(exam), 60),
        "contents": scene(
            serving.pieces, [b"".join(line + b"\n" for line in _contents())], len(_contents())
        ),
        "surplus": scene(serving.surplus, _words(exam, 6), 3),
        "again": scene(callers.again, _words(exam, 2)),
        "caller": scene(callers.for_a_caller, _word(exam)),
        "lines": scene(sending.lines, _contents()),
        "in one piece": scene(sending.in_one_piece, _word(exam)),
        "long line": scene(sending.long_line, b"long " * 40_000),
        "one byte too long": scene(sending.long_line, b"x" * _PIPE_BUF),
        "little room": scene(sending.little_room, b"x" * _PIPE_BUF),
        "cut in": scene(sending.cut_in, b"x" * _PIPE_BUF, _word(exam)),
        "no FIFO yet": scene(sending.no_fifo_yet, _word(exam)),
        "together": scene(sending.together, [_words(exam, 5) for _ in range(3)]),
    }
    found |= {f"raises {kind}": scene(callers.raising, kind) for kind in ERRORS}
    found |= {f"umask {umask:o}": scene(callers.modes, umask) for umask in UMASKS}
    found |= {kind: scene(callers.something_else, kind) for kind in KINDS}
    return found


def _pieces(exam: Exam) -> list[bytes]:
    """Writes after each of which the server has read: half lines, several lines, single bytes."""
    a, b, c = _words(exam, 3)
    return [
        *(a[:5], a[5:] + b"\n"),
        *(b + b"\n" + c + b"\n" + a[:7], a[7:] + b"\n" + b[:3], b[3:6], b[6:]),
        *(b"\n", c, b"\n" + a, b"\nx\ny\nz\n"),
    ]


def _long_pieces(exam: Exam) -> list[bytes]:
    """Far more than any read takes at once, in a single stream; no line ends where a page does."""
    lines = [b"%d " % number + _word(exam) * (3 * number) for number in range(60)]
    return [b"".join(line + b"\n" for line in lines)]


def _contents() -> list[bytes]:
    """Lines that are easily changed on the way. The longest is PIPE_BUF with its newline."""
    every_byte = bytes(each for each in range(256) if each != 10)
    return [
        *(b"plain", b"", b" blanks \t", b"carriage return\r", b"a\rb", b"\r", b"", b"\0nul\0"),
        *(b"\xff\xfe\xc3", "é\x85\u2028".encode(), b"\x0b\x0c\x1c", every_byte),
        *(b"x" * (_PIPE_BUF - 1), b"x" * 100, b"last"),
    ]

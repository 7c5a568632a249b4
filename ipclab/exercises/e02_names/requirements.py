"""How is a solution of exercise 2 judged? One requirement for each part of the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ipclab.exercises.checking import Exam, Finding, Requirement, failed, left_behind, passed
from ipclab.exercises.diagnoses import Diagnosis
from ipclab.ipc.names import LONGEST, valid_name, why_not_portable

from . import meanings
from .scenarios import ask, some_names

RANDOM_NAMES = 400

# Every name stands here with its neighbours that are judged otherwise.
PLAIN = ("/a", "/counter", "/counter", "/ipclab-1000-k3f9-lock", "/" + "x" * 100)
BEGINNING = ("counter", "a/b", "a/", " /a", "\n/a", "\\a", "sem.a", "dev/shm")
SLASHES = ("/a/b", "//a", "/a/", "//", "///", "/a//b", "/./a", "/../a", "/dev/shm/a")
SOMETHING = ("", "/", "/.", "/..", "/...", "/.a", "/a.", "/a..", "/..a", "/.\n", "/..\n", ".", "..")
LETTERS = (
    "/A", "/7", "/-", "/_", "/~", "/*", "/a b", "/ ", "/a ", "/\t", "/a\n", "/\n", "/\x01", "/\x7f", "/\\", "/a\\b",
    "/$HOME", "/'\"", "/é", "/имя", "/名前", "/🙂", "/sem.a", "/a.owner", "/None", "/0",
)  # fmt: skip
NULS = ("\0", "/\0", "/\0a", "/a\0", "/a\0b", "\0/a", "/a\0/b", "/" + "x" * 250 + "\0")


def _lengths() -> tuple[str, ...]:
    """Around the limit, in letters of one to four bytes and one of two parts, and far beyond it."""
    names = ["/" + "x" * size for size in (250, 251, 252, 253, 254, 255, 256, 300, 4096, 70_000)]
    for letter in ("é", "e\u0301", "中", "🙂"):  # the second is é again, in two characters
        size = len(letter.encode())
        full, rest = divmod(LONGEST, size)
        names += [
            "/" + letter * full,
            "/" + letter * full + "x" * rest,
            "/" + letter * full + "x" * (rest + 1),
            "/" + letter * (full + 1),
            "/" + letter * 200,
        ]
    return tuple(names)


def _judge(exam: Exam, names: Sequence[str]) -> Finding:
    """Ask about each name, and compare with the rule; the first that is judged wrongly is shown."""
    run = exam.run(ask, list(names))
    if problem := exam.trouble(run):
        return problem
    wrong = [
        (name, *answer)
        for name, answer in zip(names, run.value, strict=True)
        if answer[0] != ("yes" if valid_name(name) else "no")
    ]
    if not wrong:
        good = sum(map(valid_name, names))
        return passed(f"{len(names)} names, {good} of them valid: right.")
    return _finding(*wrong[0])


def _finding(name: str, said: str, shown: str) -> Finding:
    call = f"valid_name({_shown(name)})"
    if said == "raised":
        return failed("exception", f"{call} raised {shown}.")
    reason = why_not_portable(name)
    if reason is None:
        reason = "one slash, then 1 to 251 bytes without another slash or a NUL"
    right = "no" if said == "yes" else "yes"
    return failed("wrong-result", f"{call} returned {shown}. The answer is {right}: {reason}.")


def _shown(name: str) -> str:
    if len(name) < 60:
        return ascii(name)
    return f"{ascii(name[:10])[:-1]}…{ascii(name[-2:])[1:]}, {len(name.encode()):,} bytes"


def _examine_random(exam: Exam) -> Finding:
    names = some_names(exam.random, RANDOM_NAMES)
    return _judge(exam, sorted(names, key=lambda name: (len(name), name)))


def _examine_leaks(exam: Exam) -> Finding:
    return left_behind(exam.runs) or passed("No object, file, descriptor or process was left.")


def _about(name: str, names: Sequence[str], wrong: Mapping[str, Diagnosis]) -> Requirement:
    def examine(exam: Exam) -> Finding:
        return _judge(exam, names)

    return Requirement(
        name, examine, needs=(PLAIN_NAMES,) if names is not PLAIN else (), meanings=wrong
    )


PLAIN_NAMES = "it accepts plain names"
REQUIREMENTS = (
    _about(PLAIN_NAMES, PLAIN, meanings.LETTERS),
    _about("a name begins with a slash", BEGINNING, meanings.BEGINNING),
    _about("it has no other slash", SLASHES, meanings.ONE_SLASH),
    _about("something stands after the slash", SOMETHING, meanings.SOMETHING),
    _about("it has at most 251 bytes after the slash", _lengths(), meanings.LENGTH),
    _about("it has no NUL", NULS, meanings.NUL),
    _about("every other letter is allowed", LETTERS, meanings.LETTERS),
    Requirement("it is right for names of all kinds", _examine_random, needs=(PLAIN_NAMES,)),
    Requirement("it leaves nothing behind", _examine_leaks),
)

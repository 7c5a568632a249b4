"""What happens in the sandbox when exercise 10 is checked: files to change, and what a call leaves."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any, NamedTuple

from .watching import Spy, Watcher

# Kept from before the solution runs, which may replace what the module holds.
_open, _read, _write, _close, _stat = os.open, os.read, os.write, os.close, os.stat

MIB = 1 << 20
LARGE = 64 * MIB
BEGUN = b"\0begun\0"  # on stderr before each call: which one hangs is known even if none returns


class Case(NamedTuple):
    """One call: what the file holds, and what is to be replaced."""

    content: bytes
    old: bytes
    new: bytes
    name: str = "file"  # of the file; without a folder it is given as a relative path

    @property
    def after(self) -> bytes:
        """What the file must hold after the call."""
        if not self.old or len(self.old) != len(self.new):
            return self.content
        return self.content.replace(self.old, self.new)

    def __str__(self) -> str:
        call = f"replace_in_place({short(self.name)}, {short(self.old)}, {short(self.new)})"
        return f"{call} on a file of {len(self.content):,} bytes, {short(self.content)}"


def short(value: bytes | str) -> str:
    """As Python writes it, the middle of a long one left out."""
    text = ascii(value)
    return text if len(text) <= 50 else f"{text[:30]}…{text[-15:]}"


def call_each(functions: SimpleNamespace, cases: list[Case], times: int = 1) -> list[Any]:
    """In the sandbox: one file for each case, called `times` times; what was found afterwards."""
    with _folder():
        return [_call(functions.replace_in_place, Case(*case), times) for case in cases]


def spied_on(functions: SimpleNamespace, case: Case) -> dict[str, Any]:
    """The same for one case, while it is noted how the file is mapped."""
    with _folder():
        _make(case := Case(*case))
        with Spy(_stat(case.name).st_ino) as spy:
            _outcome(functions.replace_in_place, case)
        return {"private": spy.private, "shared": spy.shared}


def _call(function: Any, case: Case, times: int) -> dict[str, Any]:
    with suppress(OSError):  # an earlier call may have closed it
        _write(2, BEGUN)
    _make(case)
    identity, opened, moved = _identity(case.name), _held_open(), _bytes_written()
    outcomes = [_outcome(function, case) for _ in range(times)]
    gc.collect()
    return {
        "outcomes": outcomes,
        "written": _bytes_written() - moved,
        "unchanged": (content := _contents(case.name)) == case.content,
        "difference": _difference(content, case.after),
        "same_file": _identity(case.name) == identity,
        "left_open": _held_open() - opened,
        "entries": sorted(set(os.listdir()) - {case.name}),
    } | {"removed": _remove(case.name)}


def _difference(content: bytes | None, right: bytes) -> str:
    """How the file differs from what it must be, in words; "" if it does not."""
    if content is None:
        return "afterwards there was no file to read"
    if len(content) != len(right):
        return f"afterwards the file had {len(content):,} bytes"
    if content == right:
        return ""
    place = next(at for at in range(len(right)) if content[at] != right[at])
    found, wanted = content[place : place + 8], right[place : place + 8]
    return f"afterwards there was {short(found)} at byte {place:,}, where {short(wanted)} belongs"


def _outcome(function: Any, case: Case) -> tuple[str, Any, str]:
    """("returned", the number or None, as text) or ("raised", the exception's classes, as text)."""
    try:
        value = function(case.name, case.old, case.new)
        return "returned", value if type(value) is int else None, f"{value!r:.80}"
    except Exception as error:  # the exercise asks for some, and others are a finding
        classes = [each.__name__ for each in type(error).__mro__]
        return "raised", classes, f"{type(error).__name__}: {error}"[:200]


def large(functions: SimpleNamespace, old: bytes, new: bytes, places: list[int]) -> dict[str, Any]:
    """In the sandbox: one file of 64 MiB, with `old` in these places and zeros between."""
    with _folder():
        _make_sparse("file", old, places)
        _make_sparse("expected", new, places)
        identity = _identity("file")
        with Watcher(LARGE // 2) as watcher:
            moved = _bytes_written()
            outcome = _outcome(functions.replace_in_place, Case(b"", old, new))
            moved = _bytes_written() - moved
        return {
            "outcome": outcome,
            "written": moved,
            "copied": watcher.most,
            "same_file": _identity("file") == identity,
            "differs_at": _first_difference("file", "expected"),
        }


def _make_sparse(name: str, what: bytes, places: list[int]) -> None:
    with open(name, "wb") as file:
        file.truncate(LARGE)
        for place in places:
            file.seek(place)
            file.write(what)


def _first_difference(one: str, other: str) -> int | None:
    """The number of the first MiB in which the files differ."""
    with open(one, "rb") as first, open(other, "rb") as second:
        for number in range(LARGE // MIB + 1):
            if first.read(MIB) != second.read(MIB):
                return number
    return None


@contextmanager
def _folder() -> Iterator[None]:
    """A folder of its own as the current one, so that a path may be relative."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _make(case: Case) -> None:
    with open(case.name, "wb") as file:
        file.write(case.content)
    os.chmod(case.name, 0o640)


def _remove(name: str) -> bool:
    try:
        os.unlink(name)
    except OSError:
        return False
    return True


def _identity(name: str) -> tuple[int, ...] | None:
    """What stays when a file is changed and not replaced."""
    try:
        found = _stat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mode, found.st_size


def _contents(name: str) -> bytes | None:
    try:
        fd = _open(name, os.O_RDONLY)
    except OSError:
        return None
    try:
        return b"".join(iter(lambda: _read(fd, MIB), b""))
    finally:
        _close(fd)


def _held_open() -> int:
    """Descriptors, and mappings of files in this folder, that this process has."""
    with open("/proc/self/maps") as maps:
        mapped = sum(f"{os.getcwd()}/" in line for line in maps)
    return len(os.listdir("/proc/self/fd")) + mapped


def _bytes_written() -> int:
    """Bytes that this process, and children that it waited for, gave to write and its relatives."""
    try:
        with open("/proc/self/io") as file:
            counts = dict(line.split(": ") for line in file.read().splitlines())
    except OSError:
        return 0
    return int(counts["wchar"])

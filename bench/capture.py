"""capture(argv) beside subprocess.run(argv, capture_output=True)."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from bench.paired import Check, Row, Side, compare_times
from ipclab.ipc.capture import capture

MIB = 1024 * 1024
Outcome = tuple[bytes, bytes, int]

VFORK_NOTE = (
    "by default subprocess starts its child with vfork, in C: the child borrows the parent's memory "
    "until exec, so no page tables are copied and no page is copied on write. The taught capture "
    "forks in Python and pays for both; capture/true compares fork with fork."
)


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="ipclab-bench-") as folder:
        for size, name, rounds in ((MIB, "1MiB", 15), (256 * MIB, "256MiB", 7)):
            yield _output_row(f"capture/{name}", os.path.join(folder, name), size, rounds)
    yield _true_row("capture/true", "subprocess.run (fork)", vfork=False)
    yield _true_row("capture/true-vfork", "subprocess.run (vfork)", vfork=True, note=VFORK_NOTE)


def _output_row(bench: str, path: str, size: int, rounds: int) -> Row:
    """A program that prints `size` bytes: a random mebibyte, again and again."""
    block = os.urandom(MIB)
    with open(path, "wb") as file:
        for _ in range(size // MIB):
            file.write(block)
    argv = ["/bin/cat", path]

    def check(outcome: Outcome) -> None:
        stdout, stderr, status = outcome
        if (stderr, status) != (b"", 0) or stdout != block * (size // MIB):
            raise AssertionError(
                f"{bench}: wrong output: {len(stdout)} bytes, {stderr!r}, {status}"
            )

    calls = 10 if size == MIB else 1
    return compare_times(bench, *_sides(argv, check), rounds=rounds, calls=calls)


def _true_row(bench: str, peer: str, *, vfork: bool, note: str = "") -> Row:
    def check(outcome: Outcome) -> None:
        if outcome != (b"", b"", 0):
            raise AssertionError(f"{bench}: wrong outcome {outcome!r}")

    ours, theirs = _sides(["/bin/true"], check)
    with _vfork(vfork):
        return compare_times(
            bench, ours, Side(peer, theirs.work, check), rounds=15, calls=20, note=note
        )


def _sides(argv: list[str], check: Check) -> tuple[Side, Side]:
    def peer() -> Outcome:
        done = subprocess.run(argv, capture_output=True)
        return done.stdout, done.stderr, done.returncode

    return (
        Side("capture", lambda: capture(argv), check),
        Side("subprocess.run", peer, check),
    )


@contextmanager
def _vfork(allowed: bool) -> Iterator[None]:
    """Let subprocess use vfork, or only fork; posix_spawn never, since it would be vfork again."""
    before = subprocess._USE_VFORK, subprocess._USE_POSIX_SPAWN
    subprocess._USE_VFORK, subprocess._USE_POSIX_SPAWN = allowed, False
    try:
        yield
    finally:
        subprocess._USE_VFORK, subprocess._USE_POSIX_SPAWN = before

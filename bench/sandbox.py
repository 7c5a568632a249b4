"""run(lambda: 1) beside the two usual ways of calling a function in a fresh process."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Iterator

import cloudpickle

from bench.paired import Row, Side, compare_times
from ipclab.sandbox import run

NOTE = (
    "ours includes the account of what was left: processes, descriptors, names in shared memory; "
    "the peers account for nothing and contain nothing."
)
_LOAD_AND_CALL = (
    "import pickle, sys; sys.stdout.buffer.write(pickle.dumps(pickle.load(sys.stdin.buffer)()))"
)


def rows() -> Iterator[Row]:
    ours = Side("sandbox.run", lambda: run(lambda: 1).value, _check)
    for name, peer, calls in (
        ("python -c + cloudpickle", _interpreter, 3),
        ("forkserver Pool(1)", _forkserver, 2),
    ):
        yield compare_times(
            f"sandbox/{name.split()[0]}", ours, Side(name, peer, _check), calls=calls, note=NOTE
        )


def _check(value: object) -> None:
    if value != 1:
        raise AssertionError(f"sandbox: wrong value {value!r}")


def _interpreter() -> object:
    command = [sys.executable, "-c", _LOAD_AND_CALL]
    call = cloudpickle.dumps(lambda: 1)
    return pickle.loads(subprocess.run(command, input=call, stdout=subprocess.PIPE).stdout)


def _forkserver() -> object:
    with multiprocessing.get_context("forkserver").Pool(1) as pool:
        return pool.apply(int, ("1",))

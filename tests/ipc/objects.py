"""Objects in /dev/shm for tests: names of their own, creators that crash, and a look at what is left."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator

from ipclab.ipc.names import FOLDER, new_run, object_name
from ipclab.ipc.pipes import Pipe, read_exactly, write_all
from ipclab.ipc.processes import reap, spawn


@contextlib.contextmanager
def fresh_name(label: str = "test") -> Iterator[str]:
    """A name that nobody uses; whatever has it afterwards is removed, and the test fails."""
    name = object_name(new_run(), label)
    yield name
    left = files_of(name)
    for file in left:
        os.unlink(f"{FOLDER}/{file}")
    assert left == []


def files_of(name: str) -> list[str]:
    """The files in /dev/shm that belong to a name."""
    return sorted(file for file in os.listdir(FOLDER) if name[1:] in file)


@contextlib.contextmanager
def running(function: Callable[[], object]) -> Iterator[int]:
    """A child that has called `function` and still runs; killed by SIGKILL and reaped at the end."""

    def act(pipe: Pipe) -> None:
        kept = function()
        write_all(pipe.write_end.fd, b"x")
        signal.pause()
        del kept

    with Pipe() as pipe:
        child = spawn(act, pipe)
        pipe.write_end.close()
        read_exactly(pipe.read_end.fd, 1)
        try:
            yield child
        finally:
            os.kill(child, signal.SIGKILL)
            assert reap(child) == -signal.SIGKILL


def crashed(function: Callable[[], object]) -> int:
    """The pid of a child that called `function` and was then killed."""
    with running(function) as child:
        pass
    return child

"""Children: they leave, they say why, and only they are reaped."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from ipclab.ipc.pipes import Pipe, read_until_eof
from ipclab.ipc.processes import reap, spawn

pytestmark = pytest.mark.timeout(30)


@pytest.mark.parametrize("status", [0, 1, 7, 255])
def test_status_of_a_child_that_exits(status: int) -> None:
    assert reap(spawn(os._exit, status)) == status


def test_status_of_a_child_that_returns() -> None:
    assert reap(spawn(lambda: 5)) == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_status_of_a_killed_child(number: int) -> None:
    assert reap(spawn(lambda: os.kill(os.getpid(), number))) == -number


def test_reap_spares_other_children() -> None:
    with Pipe() as pipe:
        dead = spawn(os._exit, 3)
        alive = spawn(lambda: (pipe.write_end.close(), read_until_eof(pipe.read_end.fd)))
        assert reap(spawn(os._exit, 4)) == 4
        assert reap(dead) == 3
        pipe.write_end.close()
        assert reap(alive) == 0


def test_reap_twice() -> None:
    pid = spawn(os._exit, 0)
    reap(pid)
    with pytest.raises(ChildProcessError):
        reap(pid)


CHILD = """
import os, sys
from ipclab.ipc.processes import reap, spawn

class Odd(BaseException):
    pass

def fail():
    raise {exception}

print("before", end=" ")
try:
    pid = spawn(fail)
finally:
    print("once", end=" ")
print(reap(pid))
"""


@pytest.mark.parametrize(
    "exception", ["ValueError('why')", "SystemExit(0)", "KeyboardInterrupt()", "Odd()"]
)
def test_no_exception_leaves_the_child(
    script: Callable[..., CompletedProcess[str]], exception: str
) -> None:
    done = script(CHILD.format(exception=exception))
    assert done.stdout == "before once 1\n"
    assert "Traceback" in done.stderr
    assert f"raise {exception}" in done.stderr


def test_everything_printed_comes_once(script: Callable[..., CompletedProcess[str]]) -> None:
    done = script(
        "import atexit\n"
        "from ipclab.ipc.processes import reap, spawn\n"
        "atexit.register(print, 'exit')\n"
        "print('parent', end=' ')\n"
        "assert reap(spawn(print, 'child')) == 0\n"
    )
    assert done.stdout == "parent child\nexit\n"


def test_a_child_whose_output_is_lost_says_so(script: Callable[..., CompletedProcess[str]]) -> None:
    done = script(
        "import os\n"
        "from ipclab.ipc.processes import reap, spawn\n"
        "def speak():\n"
        "    os.dup2(os.open('/dev/full', os.O_WRONLY), 1)\n"
        "    print('lost')\n"
        "print(reap(spawn(speak)))\n"
    )
    assert done.stdout == "1\n"
    assert "No space left" in done.stderr


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_without_standard_streams(
    script: Callable[..., CompletedProcess[str]], closed: str
) -> None:
    script(
        "from ipclab.ipc.processes import reap, spawn\n"
        "assert reap(spawn(print, 'x')) == 0\n"
        "assert reap(spawn(int, 'x')) == 1\n",
        shell=f'exec "$@" {closed}',
    )

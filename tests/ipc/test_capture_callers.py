"""capture when its caller is in an odd state, and when something interrupts it."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import combinations, permutations
from pathlib import Path
from subprocess import CompletedProcess
from types import FrameType

import pytest
from leftovers import children

from ipclab.ipc.capture import capture
from ipclab.ipc.pipes import Pipe, read_until_eof
from ipclab.ipc.processes import reap, spawn

pytestmark = pytest.mark.timeout(60)

Script = Callable[..., CompletedProcess[str]]
MIB = 1024 * 1024


def shell(commands: str) -> list[str]:
    return ["/bin/sh", "-c", commands]


# Callers in odd states

STANDARD = [closed for n in range(4) for closed in combinations((0, 1, 2), n)]


@pytest.mark.parametrize("when", ["at the start", "later"])
@pytest.mark.parametrize("closed", STANDARD)
def test_caller_without_standard_descriptors(
    script: Script, closed: tuple[int, ...], when: str, tmp_path: Path
) -> None:
    """Pipe ends then get the numbers 0 to 2, which dup2 is about to overwrite."""
    source = (
        "import os\n"
        "from ipclab.ipc.capture import capture\n"
        "from leftovers import children, descriptors\n"
        "result, closed = sys.argv[1], [int(fd) for fd in sys.argv[2:]]\n"
        "for fd in closed:\n"
        "    try: os.close(fd)\n"
        "    except OSError: pass\n"
        "before = descriptors()\n"
        "both = capture(['/bin/sh', '-c', 'echo out; echo err >&2; exit 3'])\n"
        "fds = capture(['/bin/ls', '/proc/self/fd'])\n"
        "try: failed = capture(['/no/such/program'])\n"
        "except FileNotFoundError: failed = 'failed'\n"
        "clean = descriptors() == before and children() == []\n"
        "with open(result, 'w') as file:\n"
        "    file.write(repr((both, fds, failed, clean)))\n"
    )
    redirections = "".join(f" {fd}>&-" for fd in closed) if when == "at the start" else ""
    script(source, str(tmp_path / "result"), *map(str, closed), shell=f'exec "$@"{redirections}')
    both, fds, failed, clean = eval((tmp_path / "result").read_text())
    assert both == (b"out\n", b"err\n", 3)
    assert fds[0].split() == ([b"0", b"1", b"2"] if 0 in closed else [b"0", b"1", b"2", b"3"])
    assert fds[1:] == (b"", 0)
    assert failed == "failed"
    assert clean


@pytest.mark.parametrize("numbers", list(permutations((0, 1, 2))))
def test_pipe_ends_with_standard_numbers(script: Script, numbers: tuple[int, ...]) -> None:
    """Another thread that closes descriptors meanwhile can give the ends any of them."""
    done = script(
        "import os\n"
        "from ipclab.ipc.capture import _become_program\n"
        "from ipclab.ipc.pipes import Pipe, read_until_eof\n"
        "from ipclab.ipc.processes import reap, spawn\n"
        "def child(pipes, program, numbers):\n"
        "    for pipe, number in zip(pipes, numbers):\n"
        "        os.dup2(pipe.write_end.fd, number, inheritable=False)\n"
        "    _become_program([program, b'-c', b'echo out; echo err >&2'], *numbers)\n"
        "for program in (b'/bin/sh', b'/no/such/program'):\n"
        "    with Pipe() as out, Pipe() as err, Pipe() as failure:\n"
        "        pid = spawn(child, (out, err, failure), program, [int(n) for n in sys.argv[1:]])\n"
        "        for pipe in (out, err, failure): pipe.write_end.close()\n"
        "        print([read_until_eof(p.read_end.fd) for p in (out, err, failure)], reap(pid))\n",
        *map(str, numbers),
    )
    ran, failed = done.stdout.splitlines()
    assert ran == r"[b'out\n', b'err\n', b''] 0"
    assert failed == f"[b'', b'', b'{errno.ENOENT}'] 127"


def test_other_children_are_not_reaped() -> None:
    with Pipe() as pipe:
        dead = spawn(os._exit, 5)
        alive = spawn(lambda: (pipe.write_end.close(), read_until_eof(pipe.read_end.fd)))
        os.waitid(os.P_PID, dead, os.WEXITED | os.WNOWAIT)
        assert capture(["/bin/true"]) == (b"", b"", 0)
        with pytest.raises(FileNotFoundError):
            capture(["/no/such/program"])
        assert reap(dead) == 5
        pipe.write_end.close()
        assert reap(alive) == 0


def test_unflushed_output_comes_once(script: Script) -> None:
    done = script(
        "from ipclab.ipc.capture import capture\n"
        "print('once', end='')\n"
        "capture(['/bin/true'])\n"
        "for argv in ([], ['/no/such/program'], ['/']):\n"
        "    try: capture(argv)\n"
        "    except (OSError, ValueError): pass\n"
        "sys.stderr.write('err')\n"
    )
    assert (done.stdout, done.stderr) == ("once", "err")


def test_two_calls_at_a_time_in_threads() -> None:
    results: list[object] = []

    def call(number: int) -> None:
        results.extend(capture(["/bin/echo", str(number)])[0] for _ in range(20))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert sorted(results) == sorted([b"0\n", b"1\n", b"2\n"] * 20)


@pytest.mark.slow
def test_hundreds_of_calls_leave_nothing() -> None:
    """What is left would be seen by the fixture; a call that leaks stops at the limit before."""
    for _ in range(200):
        assert capture(["/bin/echo", "x"]) == (b"x\n", b"", 0)
        with pytest.raises(PermissionError):
            capture(["/"])


LIMITED = """
import errno, os, resource
from ipclab.ipc.capture import capture
from leftovers import children, descriptors

before = descriptors()
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
outcomes = []
for limit in range(len(before), len(before) + 12):
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))
    try:
        outcomes.append(capture(['/bin/echo', 'x']))
    except OSError as error:
        outcomes.append(errno.errorcode[error.errno])
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    assert descriptors() == before, limit
    assert children() == [], limit
print(*outcomes, sep='\\n')
"""


@pytest.mark.parametrize("closed", ["", " 0<&-", " 2>&-"])
def test_no_descriptor_free(script: Script, closed: str) -> None:
    outcomes = script(LIMITED, shell=f'exec "$@"{closed}').stdout.splitlines()
    right = "(b'x\\n', b'', 0)"
    assert outcomes[0] == "EMFILE"
    assert outcomes[-1] == right
    assert set(outcomes) == {"EMFILE", right}


def test_descriptors_beyond_the_reach_of_select(script: Script) -> None:
    script(
        "import os, resource\n"
        "from ipclab.ipc.capture import capture\n"
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (2048, most))\n"
        "for _ in range(1100): os.open('/dev/null', os.O_RDONLY)\n"
        "assert capture(['/bin/echo', 'x']) == (b'x\\n', b'', 0)\n"
    )


def test_caller_that_ignores_sigchld(script: Script) -> None:
    script(
        "import signal\n"
        "from ipclab.ipc.capture import capture\n"
        "from leftovers import children\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "for argv, error in (['/bin/true'], ChildProcessError), (['/none'], FileNotFoundError):\n"
        "    try: capture(argv)\n"
        "    except error: pass\n"
        "    else: raise AssertionError(argv)\n"
        "assert children() == []\n"
    )


# Interruptions


class Interrupted(BaseException):
    """Like KeyboardInterrupt, but never pytest's own."""


@contextmanager
def interrupting(*places: str) -> Iterator[None]:
    """On SIGUSR1 raise once, in one of these functions.

    Anywhere will not do: what a handler raises while the hooks of os.fork run is only reported.
    """
    raised = []

    def handler(_: int, frame: FrameType | None) -> None:
        if not raised and frame and frame.f_code.co_name in places:
            raised.append(frame)
            raise Interrupted

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize(
    ("place", "commands"),
    [
        ("drain", ""),
        ("drain", "trap '' TERM INT;"),
        ("drain", "echo x; exec >&-;"),
        ("reap", "exec >&- 2>&-;"),
    ],
)
def test_an_exception_kills_the_program(place: str, commands: str) -> None:
    repeatedly = "while kill -USR1 $PPID; do sleep 0.01; done"
    before = children()
    with interrupting(place), pytest.raises(Interrupted):
        capture(shell(f"{commands} {repeatedly}"))
    assert children() == before


def test_signals_that_are_handled_change_nothing() -> None:
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        stdout, _, status = capture(shell(f"head -c {MIB} /dev/zero; sleep 0.05; exit 3"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rang
    assert (len(stdout), status) == (MIB, 3)

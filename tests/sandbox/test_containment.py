"""The same promises with weaker means: where namespaces are refused, and for an ordinary user."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import posix_ipc
import pytest

import ipclab
from ipclab.sandbox import Run
from ipclab.sandbox.containment import Containment
from ipclab.sandbox.run import HelperProcess

DEADLINE = 20.0  # seconds
ORDINARY = 64_998  # a user id that nobody has
Call = Callable[..., Run]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def strongest() -> Containment:
    """What this system grants."""
    helper = HelperProcess()
    helper.close()
    return Containment[helper.containment]


@pytest.fixture(scope="module", params=Containment, ids=lambda mode: mode.name.lower())
def mode(request: pytest.FixtureRequest, strongest: Containment) -> Containment:
    weakest_first = list(reversed(Containment))
    if weakest_first.index(request.param) > weakest_first.index(strongest):
        pytest.skip(f"this system grants no more than: {strongest.value}")
    return request.param


@pytest.fixture(scope="module")
def call(mode: Containment) -> Iterator[Call]:
    """Calls a function in the sandbox, contained in one way."""
    helper = HelperProcess(containment=mode.name)
    assert helper.containment == mode.name

    def run(function: Callable[..., Any], *arguments: Any, sealed: bool = False) -> Run:
        return helper.run(function, arguments, DEADLINE, sealed, ())

    yield run
    helper.close()


@pytest.fixture
def token(tmp_path: Path) -> Iterator[str]:
    """A file that the function locks; the lock is free again when no process holds the file."""
    path = tmp_path / "token"
    path.touch()
    yield str(path)
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: a process survived


def kinds(result: Run) -> list[str]:
    return sorted(leak.kind for leak in result.leaks)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_value_comes_back(call: Call, sealed: bool) -> None:
    result = call(lambda a, b: {"sum": a + b}, 1, 2, sealed=sealed)
    assert (result.value, result.exit_status, result.leaks) == ({"sum": 3}, 0, ())


def test_a_hang_is_diagnosed(call: Call) -> None:
    def wait_before_reading() -> None:
        read_fd, write_fd = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write_fd, bytes(1 << 20))
            os._exit(0)
        os.close(write_fd)
        os.waitpid(child, 0)
        os.read(read_fd, 1)

    stuck = call(wait_before_reading).stuck
    assert stuck is not None
    assert (stuck.diagnosis, stuck.proved) == ("wait-before-read", True), str(stuck)


def test_a_daemon_does_not_survive(call: Call, token: str) -> None:
    def daemonise(path: str) -> str:
        fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_IGN)
                while True:
                    signal.pause()
            os._exit(0)
        os.wait()
        return "returned"

    result = call(daemonise, token)
    assert result.value == "returned"
    assert "process" in kinds(result)
    assert call(lambda: 1).value == 1


def test_a_fork_bomb_is_stopped(call: Call, token: str) -> None:
    def explode(path: str) -> None:
        fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX)
        for _ in range(2_000):
            if os.fork() == 0:
                os.setsid()
                while True:
                    signal.pause()

    result = call(explode, token)
    assert result.exception is not None
    assert (result.exception.type, result.value) == ("LimitExceeded", None)
    assert call(lambda: 1).value == 1


def test_nobody_outside_can_be_signalled_at_once(call: Call, mode: Containment) -> None:
    """With signal 0, which only asks: a failure of this test must kill nothing."""

    def signal_all() -> int | None:
        try:
            os.kill(-1, 0)
        except OSError as error:
            return error.errno
        return None

    # Where kill(-1) reaches nobody but the supervisor, the kernel finds no process: ESRCH.
    expected = errno.ESRCH if mode.has_namespaces else errno.EPERM
    assert call(signal_all).value == expected


def test_zombies_and_orphans_are_counted(call: Call) -> None:
    def leave() -> str:
        if os.fork() == 0:
            signal.pause()
        if os.fork() == 0:
            os._exit(0)
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        return "returned"

    result = call(leave)
    assert (result.value, result.exit_status) == ("returned", 0)
    assert kinds(result) == ["process", "zombie"]


def test_an_orphan_of_a_child_is_counted(call: Call) -> None:
    def leave() -> str:
        if os.fork() == 0:
            if os.fork() == 0:
                signal.pause()
            os._exit(0)
        os.wait()
        return "returned"

    result = call(leave)
    assert (result.value, result.exit_status) == ("returned", 0)
    assert kinds(result) == ["process"]


def test_names_left_in_shared_memory_are_reported(call: Call) -> None:
    memory, semaphore = f"/ipclab-test-{os.getpid()}-m", f"/ipclab-test-{os.getpid()}-s"

    def leave() -> None:
        posix_ipc.SharedMemory(memory, posix_ipc.O_CREX, size=16).close_fd()
        posix_ipc.Semaphore(semaphore, posix_ipc.O_CREX).close()

    try:
        # Without namespaces /dev/shm is everybody's: others may leave names there meanwhile.
        told = " ".join(leak.description for leak in call(leave).leaks)
        assert f"shared-memory object {memory} was never unlinked" in told
        assert f"semaphore {semaphore} was never unlinked" in told
    finally:
        for unlink, name in (
            (posix_ipc.unlink_shared_memory, memory),
            (posix_ipc.unlink_semaphore, semaphore),
        ):
            try:
                unlink(name)
            except posix_ipc.ExistentialError:  # it was in a /dev/shm of the run's own
                continue


AS_AN_ORDINARY_USER = """
import json, os, signal, subprocess, sys
from ipclab.sandbox.run import HelperProcess

NAME = f"/tmp/ipclab-test-{os.getpid()}"

def write():
    with open(NAME, "w") as file:
        file.write("x")
    try:
        open("/var/tmp/ipclab-test", "w")
    except OSError as error:
        return error.errno

def kill_everybody():
    child = os.fork()
    if child == 0:
        signal.pause()
    os.kill(-1, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def hang():
    read_fd, write_fd = os.pipe()
    os.read(read_fd, 1)

bystander = subprocess.Popen(["sleep", "60"])
helper = HelperProcess()

def call(function, sealed=False):
    return helper.run(function, (), 20.0, sealed, ())

sealed, stuck = call(write, sealed=True), call(hang).stuck
print(json.dumps({
    "containment": helper.containment,
    "value": call(os.getuid).value,
    "sealed": [sealed.value, [leak.kind for leak in sealed.leaks], os.path.exists(NAME)],
    "stuck": stuck and [stuck.diagnosis, stuck.proved],
    "killed": call(kill_everybody).value,
    "bystander": bystander.poll(),
    "again": call(lambda: 1, sealed=True).value,
}))
bystander.kill()
bystander.wait()
helper.close()
"""


def as_an_ordinary_user(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script with this checkout and its packages, without any privilege."""
    ids: dict[str, Any] = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
    environment = {
        "HOME": "/",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(Path(ipclab.__file__).parents[1]), *sys.path]),
    }
    # The development environment's interpreter may lie where only its owner may go.
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            return subprocess.run(
                [python, "-P", "-c", script],
                **(ids if os.geteuid() == 0 else {}),
                capture_output=True,
                text=True,
                timeout=100,
                env=environment,
                cwd="/",
            )
        except (PermissionError, FileNotFoundError):
            continue
    pytest.skip("an ordinary user can reach no interpreter that has the project's packages")


def test_an_ordinary_user_has_namespaces_too() -> None:
    done = as_an_ordinary_user(AS_AN_ORDINARY_USER)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    if told["containment"] == Containment.PROCESS_GROUP.name:
        pytest.skip("this system refuses user namespaces to ordinary users")
    assert told == {
        "containment": Containment.USER_NAMESPACE.name,
        "value": ORDINARY if os.geteuid() == 0 else os.getuid(),
        "sealed": [errno.EROFS, ["file"], False],
        "stuck": ["write-end-left-open", True],
        "killed": -signal.SIGKILL,
        "bystander": None,
        "again": 1,
    }


TRACED = """
import os; from ipclab.sandbox import run
print(*(run(os.pipe, trace=True, sealed=sealed).trace for sealed in (False, True)), sep="\\n")
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_an_ordinary_user_can_trace_too() -> None:
    done = as_an_ordinary_user(TRACED)
    assert (done.returncode, done.stderr) == (0, "")
    if "--cap-add=SYS_PTRACE" in done.stdout:
        pytest.skip(done.stdout)
    assert done.stdout.count("pipe2([3, 4], O_CLOEXEC) = 0") == 2

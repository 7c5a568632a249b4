"""A semaphore counts, waits with a time limit, locks, and knows no holder."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Iterator

import posix_ipc
import pytest
from objects import crashed, files_of, fresh_name

from ipclab.ipc import stale_names
from ipclab.ipc.layouts import Layout
from ipclab.ipc.names import semaphore_path
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.semaphores import Semaphore, new_semaphore, open_semaphore
from ipclab.ipc.shared_memory import SharedMemory


@pytest.fixture
def name() -> Iterator[str]:
    with fresh_name() as name:
        yield name


def test_it_counts_among_processes(name: str) -> None:
    def give_two() -> None:
        with open_semaphore(name) as semaphore:
            semaphore.release()
            semaphore.release()

    with new_semaphore(name, 0) as semaphore:
        child = spawn(give_two)
        semaphore.acquire(timeout=20)
        assert reap(child) == 0
        assert semaphore.value == 1


def test_a_wait_has_a_limit(name: str) -> None:
    with new_semaphore(name, 0) as semaphore:
        started = time.monotonic()
        with pytest.raises(TimeoutError, match=r"within 0.05 s \(its value is 0\)"):
            semaphore.acquire(timeout=0.05)
        assert time.monotonic() - started >= 0.05
        for timeout in (0, -1):
            with pytest.raises(TimeoutError):
                semaphore.acquire(timeout)


@pytest.mark.parametrize("raised", [None, ValueError, SystemExit])
def test_a_signal_ends_a_wait_and_is_told(name: str, raised: type[BaseException] | None) -> None:
    """posix_ipc 1.3.2 loses what the handler raised: to go on waiting would hide it for ever."""

    def handle(number: int, frame: object) -> None:
        if raised:
            raise raised

    with new_semaphore(name, 0) as semaphore:
        before = signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)  # again, in case the first comes too early
        try:
            with pytest.raises((InterruptedError, raised or InterruptedError)):
                semaphore.acquire(timeout=20)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert semaphore.value == 0


def test_control_c_ends_a_wait(name: str) -> None:
    with new_semaphore(name, 0) as semaphore:
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(KeyboardInterrupt):
                semaphore.acquire(timeout=20)
        finally:
            signal.signal(signal.SIGALRM, before)


def test_as_a_lock_it_lets_one_in_at_a_time(name: str) -> None:
    layout = Layout("counter", 1, value="Q")

    def increment() -> None:
        with open_semaphore(name) as lock, SharedMemory.attach(name, layout) as memory:
            for _ in range(300):
                with lock:
                    memory["value"] += 1

    with new_semaphore(name) as lock, SharedMemory.create(name, layout) as memory:
        children = [spawn(increment) for _ in range(4)]
        assert [reap(child) for child in children] == [0] * 4
        assert (memory["value"], lock.value) == (1_200, 1)


@pytest.mark.parametrize("hold", [lambda lock: lock, lambda lock: lock.held(timeout=20)])
def test_an_exception_gives_it_back(name: str, hold) -> None:
    with new_semaphore(name) as lock:
        with pytest.raises(ZeroDivisionError), hold(lock):
            assert lock.value == 0
            raise ZeroDivisionError
        assert lock.value == 1


def test_a_hold_that_was_never_got_is_not_given_back(name: str) -> None:
    with new_semaphore(name, 0) as lock:
        with pytest.raises(TimeoutError), lock.held(timeout=0):
            pytest.fail("nobody released it")
        assert lock.value == 0


def test_a_process_that_dies_holding_it_leaves_it_taken(name: str) -> None:
    def die_holding() -> None:
        with open_semaphore(name) as lock:
            lock.acquire()
            os.kill(os.getpid(), signal.SIGKILL)

    with new_semaphore(name) as lock:
        assert reap(spawn(die_holding)) == -signal.SIGKILL
        assert lock.value == 0
        lock.release()  # anybody may


@pytest.mark.parametrize("umask", [0, 0o777])
def test_only_its_user_may_open_it_whatever_the_umask(name: str, umask: int) -> None:
    before = os.umask(umask)
    try:
        with new_semaphore(name), open_semaphore(name):
            assert stat.S_IMODE(os.stat(semaphore_path(name)).st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_taken_name_tells_whose_it_is(name: str) -> None:
    with (
        new_semaphore(name),
        pytest.raises(FileExistsError, match=f"process {os.getpid()} created"),
    ):
        Semaphore.create(name)
    pid = crashed(lambda: Semaphore.create(name))
    with pytest.raises(FileExistsError, match=f"process {pid} created it and has ended"):
        Semaphore.create(name)
    assert stale_names.remove_if_stale(semaphore_path(name))


def test_an_absent_one(name: str) -> None:
    with pytest.raises(FileNotFoundError, match="is its creator not there yet"):
        Semaphore.attach(name)


def test_only_the_creator_removes_the_name(name: str) -> None:
    def leave(semaphore: Semaphore) -> None:
        try:
            semaphore.unlink()
        except PermissionError:
            os._exit(7)

    with new_semaphore(name) as semaphore:
        with open_semaphore(name) as other, pytest.raises(PermissionError):
            other.unlink()
        assert reap(spawn(leave, semaphore)) == 7
        semaphore.unlink()
        assert files_of(name) == []
        semaphore.unlink()
        semaphore.acquire(timeout=0)


def test_removed_by_hand_is_no_error(name: str) -> None:
    with new_semaphore(name):
        posix_ipc.unlink_semaphore(name)


def test_bad_names_and_values(name: str) -> None:
    for bad in ("/a\0b", "/a\ud800", "a", "/" + "x" * 252):
        for function in (Semaphore.create, Semaphore.attach):
            with pytest.raises(ValueError, match="no portable name"):
                function(bad)
    for value in (-1, 2**31):
        with pytest.raises((ValueError, OverflowError)):
            Semaphore.create(name, value)
    assert files_of(name) == []

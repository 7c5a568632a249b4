"""A run that hangs is diagnosed: what each process waits for, who could help, and what to call it."""

import fcntl
import os
import select
import signal
import threading
import time

import posix_ipc
import pytest

from ipclab.sandbox import run

MEBIBYTE = bytes(1 << 20)


def forgets_its_own_write_end():
    read_fd, write_fd = os.pipe()
    if os.fork() == 0:
        os.write(write_fd, b"x")
        os._exit(0)
    while os.read(read_fd, 10):
        pass


def child_keeps_the_write_end_of_what_it_reads():
    read_fd, write_fd = os.pipe()
    child = os.fork()
    if child == 0:
        while os.read(read_fd, 10):
            pass
        os._exit(0)
    os.close(write_fd)
    os.waitpid(child, 0)


def parent_waits_while_it_holds_the_write_end():
    read_fd, write_fd = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write_fd)
        while os.read(read_fd, 10):
            pass
        os._exit(0)
    os.waitpid(child, 0)


def waits_before_it_reads():
    read_fd, write_fd = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write_fd, MEBIBYTE)
        os._exit(0)
    os.close(write_fd)
    os.waitpid(child, 0)


def reads_one_stream_while_the_other_fills():
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    if os.fork() == 0:
        os.write(err_write, MEBIBYTE)
        os._exit(0)
    os.close(out_write)
    os.close(err_write)
    while os.read(out_read, 4096):
        pass
    os.read(err_read, 4096)


def writes_until_it_blocks():
    _, write_fd = os.pipe()
    while True:
        os.write(write_fd, b"x" * 4096)


def child_writes_into_a_pipe_that_only_it_could_read():
    read_fd, write_fd = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write_fd, MEBIBYTE)
        os._exit(0)
    os.close(read_fd)
    os.close(write_fd)
    os.waitpid(child, 0)


def two_processes_read_from_one_another():
    ours, theirs = os.pipe(), os.pipe()
    if os.fork() == 0:
        os.close(ours[1])
        os.close(theirs[0])
        os.read(ours[0], 1)
        os._exit(0)
    os.close(ours[0])
    os.close(theirs[1])
    os.read(theirs[0], 1)


def polls_without_end():
    read_fd, _write_fd = os.pipe()
    poller = select.poll()
    poller.register(read_fd, select.POLLIN)
    poller.poll()


def selects_without_end():
    read_fd, _write_fd = os.pipe()
    select.select([read_fd], [], [])


def waits_for_a_semaphore_that_nobody_posts():
    semaphore = posix_ipc.Semaphore("/never", posix_ipc.O_CREX)
    semaphore.unlink()
    semaphore.acquire()


def takes_a_semaphore_twice():
    lock = posix_ipc.Semaphore("/lock", posix_ipc.O_CREX, initial_value=1)
    lock.acquire()
    try:
        lock.acquire()
    finally:
        lock.unlink()


def takes_two_locks_in_opposite_order():
    one, other = (
        posix_ipc.Semaphore(name, posix_ipc.O_CREX, initial_value=1) for name in ("/one", "/other")
    )
    read_fd, write_fd = os.pipe()
    one.acquire()
    if os.fork() == 0:
        other.acquire()
        os.write(write_fd, b"x")
        one.acquire()
        os._exit(0)
    os.read(read_fd, 1)
    other.acquire()


def child_dies_holding_the_lock():
    lock = posix_ipc.Semaphore("/lock", posix_ipc.O_CREX, initial_value=1)
    child = os.fork()
    if child == 0:
        lock.acquire()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    lock.acquire()


def takes_a_thread_lock_twice():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def opens_a_fifo_alone():
    os.mkfifo("/tmp/alone")
    os.open("/tmp/alone", os.O_RDONLY)


CASES = {
    forgets_its_own_write_end: ("write-end-left-open",
        "parent is blocked in read(3): the pipe can still be written by parent (fd 4)"),
    child_keeps_the_write_end_of_what_it_reads: ("write-end-left-open",
        "still holds a write end of the pipe (fd 4)"),
    parent_waits_while_it_holds_the_write_end: ("write-end-left-open",
        "parent still holds a write end of the pipe (fd 4)"),
    waits_before_it_reads: ("wait-before-read", "it waits for child to end"),
    reads_one_stream_while_the_other_fills: ("pipe-full-deadlock",
        "(65,536 of 65,536 bytes) and can be read only by parent (fd 5)"),
    writes_until_it_blocks: ("hang", "the pipe is full (65,536 of 65,536 bytes)"),
    child_writes_into_a_pipe_that_only_it_could_read: ("read-end-left-open",
        "it holds a read end of the pipe itself"),
    two_processes_read_from_one_another: ("hang", "child is blocked in read(3)"),
    polls_without_end: ("write-end-left-open", "poll(3)"),
    selects_without_end: ("write-end-left-open", "select(3)"),
    waits_for_a_semaphore_that_nobody_posts: ("hang",
        "a semaphore without a name any more (its value is 0) could be posted by nobody else"),
    takes_a_semaphore_twice: ("hang",
        "Either parent holds it itself, or the post it waits for was never made."),
    takes_two_locks_in_opposite_order: ("hang",
        "semaphore /other (its value is 0) could be posted by child"),
    child_dies_holding_the_lock: ("hang", "or child ended holding it, or the post"),
    takes_a_thread_lock_twice: ("hang", "another thread of its own process"),
    opens_a_fifo_alone: ("hang", "open('/tmp/alone')"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("function", CASES, ids=lambda function: function.__name__)
def test_a_hang_is_proved_long_before_the_deadline_and_named(function):
    diagnosis, words = CASES[function]
    result = run(function, deadline=30, sealed=True)
    assert result.stuck is not None
    assert (result.stuck.diagnosis, result.stuck.proved) == (diagnosis, True), str(result.stuck)
    assert words in str(result.stuck)
    assert result.seconds < 15
    assert function.__name__ in str(result.stuck), "the learner's line is named"
    assert result.exit_status is None
    assert {leak.kind for leak in result.leaks} <= {"fifo", "semaphore"}


def test_a_cycle_is_named():
    assert run(waits_before_it_reads).stuck.cycle == ("parent", "child")


def waits_a_while():
    time.sleep(1)
    return "done"


def is_woken_by_an_alarm():
    read_fd, _write_fd = os.pipe()

    def wake(number, frame):
        raise InterruptedError

    signal.signal(signal.SIGALRM, wake)
    signal.alarm(1)
    try:
        os.read(read_fd, 1)
    except InterruptedError:
        return "done"


def is_killed_by_an_alarm():
    read_fd, _write_fd = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(1)
        os.read(read_fd, 1)
    return "done" if os.waitpid(child, 0)[1] == signal.SIGALRM else None


def is_helped_by_a_third_process():
    read_fd, write_fd = os.pipe()
    if os.fork() == 0:
        time.sleep(1)
        os.write(write_fd, b"x")
        os._exit(0)
    os.read(read_fd, 1)
    os.wait()
    return "done"


def kills_the_blocked_child_after_a_while():
    read_fd, _write_fd = os.pipe()
    blocked = os.fork()
    if blocked == 0:
        os.read(read_fd, 1)
    killer = os.fork()
    if killer == 0:
        time.sleep(1)
        os.kill(blocked, signal.SIGKILL)
        os._exit(0)
    os.waitpid(blocked, 0)
    os.waitpid(killer, 0)
    return "done"


def polls_with_a_timeout():
    read_fd, _write_fd = os.pipe()
    select.select([read_fd], [], [], 1)
    poller = select.epoll()
    poller.register(read_fd, select.EPOLLIN)
    poller.poll(0.2)
    poller.close()
    return "done"


def waits_for_a_program():
    return "done" if os.system("sleep 1") == 0 else None


@pytest.mark.slow
@pytest.mark.parametrize(
    "function",
    [
        waits_a_while,
        is_woken_by_an_alarm,
        is_killed_by_an_alarm,
        is_helped_by_a_third_process,
        kills_the_blocked_child_after_a_while,
        polls_with_a_timeout,
        waits_for_a_program,
    ],
    ids=lambda function: function.__name__,
)
def test_what_ends_by_itself_is_never_called_stuck(function):
    result = run(function, deadline=20)
    assert result.value == "done", str(result)


def test_a_process_is_named_not_numbered():
    """Its id differs from run to run, and looks like a descriptor."""
    assert "parent is blocked in waitpid(child): " in str(run(waits_before_it_reads).stuck)


def test_a_loop_is_stopped_at_its_deadline():
    def loop():
        while True:
            pass

    result = run(loop, deadline=0.6)
    assert result.stuck.spinning
    assert result.stuck.diagnosis == "hang"
    assert "parent never stops running" in str(result.stuck)


def test_a_sleeper_is_stopped_at_its_deadline():
    result = run(time.sleep, 60, deadline=0.5)
    assert (result.stuck.diagnosis, result.stuck.proved) == ("hang", False)
    assert "sleep" in str(result.stuck)


def test_a_stopped_process_is_seen():
    def stop():
        child = os.fork()
        if child == 0:
            os.kill(os.getpid(), signal.SIGSTOP)
        os.waitpid(child, 0)

    result = run(stop, deadline=10)
    assert "child is stopped by a signal" in str(result.stuck)


def test_a_file_lock_is_seen(tmp_path):
    def lock_twice(path):
        with open(path, "w") as one, open(path, "w") as other:
            fcntl.flock(one, fcntl.LOCK_EX)
            fcntl.flock(other, fcntl.LOCK_EX)

    assert "flock" in str(run(lock_twice, str(tmp_path / "lock"), deadline=0.5).stuck)


def test_processes_are_described_with_their_descriptors_and_stacks():
    parent, child = run(waits_before_it_reads).processes
    assert (parent.name, child.name) == ("parent", "child")
    assert parent.waits_for == (child.pid,)
    assert [entry.access for entry in child.descriptors if entry.is_pipe and entry.number > 2] == [
        "read",
        "write",
    ]
    assert any("waits_before_it_reads" in line for line in parent.stack)
    assert max(entry.number for entry in parent.descriptors) < 100

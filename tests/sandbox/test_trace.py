"""`run(…, trace=True)` tells which system calls were made, which of them waited, and who ended the wait."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import posix_ipc
import pytest

from ipclab.sandbox import Call, Run, Trace, run
from ipclab.sandbox.containment import Containment
from ipclab.sandbox.run import HelperProcess
from ipclab.sandbox.syscalls import NAMES

DEADLINE = 30.0  # seconds, on a busy machine
DELAY = 0.02  # seconds
NUMBERS = {name: number for number, name in NAMES.items()}


@pytest.fixture(scope="module")
def problem() -> str | None:
    """Why strace is of no use on this machine."""
    trace = run(len, "", trace=True).trace
    return trace.problem


@pytest.fixture(autouse=True)
def strace_works(problem):
    if problem:
        pytest.skip(problem)


def traced(function, *args, **options) -> Run:
    return run(function, *args, trace=True, deadline=DEADLINE, **options)


def the_call(trace: Trace, process: str, name: str, number: int = 0) -> Call:
    """The first, or another, of the calls of this name."""
    assert trace.problem is None
    return [call for call in trace.calls if (call.process, call.name) == (process, name)][number]


def waker(trace: Trace, call: Call) -> tuple[str, str]:
    assert call.woken_by is not None, call
    return trace.calls[call.woken_by].process, trace.calls[call.woken_by].name


def await_sleep_in(pid, *names):
    """Until this process sleeps in one of these calls."""
    while True:
        with open(f"/proc/{pid}/syscall") as file:
            if file.read().split()[0] in {str(NUMBERS[name]) for name in names if name in NUMBERS}:
                return


def test_without_trace_nothing_is_recorded():
    assert run(lambda: 1).trace is None


def test_each_call_of_parent_and_child():
    def pass_bytes():
        read_fd, write_fd = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read_fd)
            os.write(write_fd, b'a "b"\n')
            os._exit(3)
        os.close(write_fd)
        data = os.read(read_fd, 100)
        os.close(read_fd)
        return data, child, os.waitpid(child, 0)[1]

    result = traced(pass_bytes)
    data, child, _ = result.value
    assert data == b'a "b"\n'
    assert result.leaks == ()
    trace = result.trace
    by_process = {
        name: [call.name for call in trace.calls if call.process == name]
        for name in trace.processes
    }
    assert by_process["parent"][0] == "pipe2"
    assert by_process["parent"][2:] == ["close", "read", "close", "wait4"]
    assert by_process["child"] == ["close", "write", "exit_group"]
    assert list(by_process) == [process.name for process in result.processes]

    fork = trace.calls[1]
    assert fork.forks
    assert (fork.result, fork.label) == (child, f"fork() = {child}")
    written = the_call(trace, "child", "write")
    assert written.pid == child
    assert written.arguments == ("4", r'"a \"b\"\n"', "6")
    assert (written.result, written.errno, written.blocked) == (6, None, False)
    assert written.target == the_call(trace, "parent", "read").target
    assert written.target.startswith("pipe:[")
    assert 0 < fork.start < written.start < result.seconds
    assert written.end == written.start + written.duration
    assert the_call(trace, "child", "exit_group").duration is None
    assert any(m.process == "child" and m.what == "exited with 3" for m in trace.moments)


def test_a_read_waits_for_the_write_that_ends_it():
    def read_late_bytes():
        read_fd, write_fd = os.pipe()
        reader = os.getpid()
        if os.fork() == 0:
            await_sleep_in(reader, "read")
            time.sleep(DELAY)
            os.write(write_fd, b"now")
            os._exit(0)
        os.read(read_fd, 3)
        os.wait()

    trace = traced(read_late_bytes).trace
    read = the_call(trace, "parent", "read")
    assert read.blocked
    assert read.duration >= DELAY
    assert waker(trace, read) == ("child", "write")
    assert "blocked until child: write(4)" in repr(trace)


def test_a_read_of_what_is_there_does_not_wait():
    def read_own_bytes():
        read_fd, write_fd = os.pipe()
        os.write(write_fd, b"12")
        os.read(read_fd, 1)
        os.read(read_fd, 1)

    trace = traced(read_own_bytes).trace
    assert [call.blocked for call in trace.calls] == [False] * 4


def test_end_of_file_waits_for_the_last_writer():
    def read_to_the_end():
        read_fd, write_fd = os.pipe()
        reader = os.getpid()
        if os.fork() == 0:
            await_sleep_in(reader, "read")
            os._exit(0)
        os.close(write_fd)
        os.read(read_fd, 1)
        os.read(read_fd, 1)
        os.wait()

    trace = traced(read_to_the_end).trace
    first, second = (the_call(trace, "parent", "read", number) for number in (0, 1))
    assert (first.result, first.blocked) == (0, True)
    assert waker(trace, first) == ("child", "exit_group")
    assert second.result == 0


def test_a_write_waits_for_room():
    def overfill():
        read_fd, write_fd = os.pipe()
        writer = os.getpid()
        os.write(write_fd, bytes(65536))
        if os.fork() == 0:
            await_sleep_in(writer, "write")
            os.read(read_fd, 65536)
            os._exit(0)
        os.write(write_fd, b"more")
        os.wait()

    trace = traced(overfill).trace
    writes = [call for call in trace.calls if call.name == "write"]
    assert [call.blocked for call in writes] == [False, True]
    assert waker(trace, writes[1]) == ("child", "read")


@pytest.mark.parametrize(
    ("first", "second"), [(os.O_RDONLY, os.O_WRONLY), (os.O_WRONLY, os.O_RDONLY)]
)
def test_opening_a_fifo_waits_for_the_other_end(tmp_path, first, second):
    def meet(path):
        waiting = os.getpid()
        if os.fork() == 0:
            await_sleep_in(waiting, "openat")
            os.open(path, second)
            os._exit(0)
        os.open(path, first)
        os.wait()

    path = tmp_path / "fifo"
    os.mkfifo(path)
    trace = traced(meet, str(path)).trace
    opened, other = the_call(trace, "parent", "openat"), the_call(trace, "child", "openat")
    assert (opened.blocked, other.blocked) == (True, False)
    assert opened.target == str(path)
    assert waker(trace, opened) == ("child", "openat")
    mode = "O_RDONLY" if first == os.O_RDONLY else "O_WRONLY"
    assert opened.label == f"open(fifo, {mode}) = {opened.result}"


def test_what_does_not_wait_says_why(tmp_path):
    def try_without_waiting(path):
        read_fd, _ = os.pipe2(os.O_NONBLOCK)
        for attempt in (
            lambda: os.read(read_fd, 1),
            lambda: os.open(path, os.O_WRONLY | os.O_NONBLOCK),
        ):
            with pytest.raises(OSError):
                attempt()

    os.mkfifo(tmp_path / "fifo")
    trace = traced(try_without_waiting, str(tmp_path / "fifo")).trace
    assert [(call.name, call.errno, call.blocked) for call in trace.calls[-2:]] == [
        ("read", "EAGAIN", False),
        ("openat", "ENXIO", False),
    ]
    assert [call.result for call in trace.calls[-2:]] == [-1, -1]


def test_a_signal_is_a_moment_of_the_process_that_it_reached():
    def write_to_nobody():
        read_fd, write_fd = os.pipe()
        os.close(read_fd)
        try:
            os.write(write_fd, b"x")
        except BrokenPipeError:
            pass
        if os.fork() == 0:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.write(write_fd, b"x")
        os.wait()

    trace = traced(write_to_nobody).trace
    wait = the_call(trace, "parent", "wait4")
    assert wait.woken_by is None or waker(trace, wait) == ("child", "write"), "its last call"
    assert the_call(trace, "parent", "write").errno == "EPIPE"
    told = {(moment.process, moment.what) for moment in trace.moments}
    assert {
        ("parent", "SIGPIPE"),
        ("child", "SIGPIPE"),
        ("child", "killed by SIGPIPE"),
        ("parent", "SIGCHLD"),
    } <= told


def test_exec_and_what_the_program_does():
    def become_echo():
        if os.fork() == 0:
            os.execv("/bin/echo", ["echo", "hello"])
        os.wait()

    result = traced(become_echo)
    assert result.stdout == b"hello\n"
    calls = [call for call in result.trace.calls if call.process == "child"]
    assert [call.name for call in calls if call.name in ("execve", "write", "exit_group")] == [
        "execve",
        "write",
        "exit_group",
    ]
    assert calls[0].short == "execve(echo)"
    assert not any("/lib" in call.target for call in calls), "loading is the loader's affair"


def test_processes_that_python_did_not_fork_have_names_too():
    def start_programs():
        subprocess.run("true | cat", shell=True, check=True)

    result = traced(start_programs)
    names = {process.name for process in result.processes}
    assert names == {"parent", "child", "grandchild 1", "grandchild 2"}
    assert set(result.trace.processes) == names


def test_a_semaphore_is_told_by_its_name(tmp_path):
    def meet():
        name = f"/trace-{os.getpid()}"
        semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX)
        waiting = os.getpid()
        if os.fork() == 0:
            await_sleep_in(waiting, "futex")
            semaphore.release()
            os._exit(0)
        semaphore.acquire()
        os.wait()
        semaphore.unlink()
        return name

    result = traced(meet)
    trace, name = result.trace, result.value
    wait, post = the_call(trace, "parent", "futex"), the_call(trace, "child", "futex")
    assert (wait.short, post.short) == (f"sem_wait({name})", f"sem_post({name})")
    assert (wait.blocked, post.blocked) == (True, False)
    assert waker(trace, wait) == ("child", "futex")


def test_the_interpreters_own_locks_and_files_do_not_show():
    def use_a_lock():
        import this  # noqa: F401  a module that nobody has imported yet

        locks = [threading.Lock() for _ in range(2)]
        for lock in locks:
            lock.acquire()
        thread = threading.Thread(target=locks[0].acquire)
        thread.start()
        locks[0].release()
        thread.join()

    names = {call.name for call in traced(use_a_lock).trace.calls}
    assert names <= {"clone", "clone3", "write", "exit"}


def test_threads_are_told_apart():
    def read_in_a_thread():
        read_fd, write_fd = os.pipe()
        thread = threading.Thread(target=os.read, args=(read_fd, 1))
        thread.start()
        await_sleep_in(f"self/task/{thread.native_id}", "read")
        os.write(write_fd, b"x")
        thread.join()

    trace = traced(read_in_a_thread).trace
    read, write = the_call(trace, "parent", "read"), the_call(trace, "parent", "write")
    assert (read.thread, write.thread) == (2, 1)
    assert read.pid == write.pid
    assert read.blocked
    assert waker(trace, read) == ("parent", "write")


def test_a_deadlock_is_proved_and_its_waits_never_end():
    def deadlock():
        down, up = os.pipe(), os.pipe()
        if os.fork() == 0:
            os.read(down[0], 1)
        os.read(up[0], 1)

    result, plain = traced(deadlock), run(deadlock, deadline=DEADLINE)
    assert result.seconds < DEADLINE
    assert result.stuck.proved
    assert (result.stuck.diagnosis, result.stuck.cause) == (
        plain.stuck.diagnosis,
        plain.stuck.cause,
    )
    assert all("in deadlock" in sentence for sentence in result.stuck.sentences)
    for process in ("parent", "child"):
        read = the_call(result.trace, process, "read")
        assert (read.blocked, read.result, read.duration) == (True, None, None)
    assert not any(moment.what == "SIGUSR2" for moment in result.trace.moments)


def test_a_process_that_a_signal_has_stopped_is_seen_to_be_so():
    def wait_for_a_stopped_child():
        if os.fork() == 0:
            os.kill(os.getpid(), signal.SIGSTOP)
        os.wait()

    result, plain = (
        traced(wait_for_a_stopped_child),
        run(wait_for_a_stopped_child, deadline=DEADLINE),
    )
    assert result.stuck == plain.stuck
    assert result.stuck.proved
    assert the_call(result.trace, "parent", "wait4").blocked


def test_a_run_that_is_stopped_at_its_deadline():
    def spin():
        read_fd, _ = os.pipe2(os.O_NONBLOCK)
        while True:
            try:
                os.read(read_fd, 1)
            except BlockingIOError:
                continue

    result = run(spin, trace=True, deadline=1.0)
    assert result.stuck.diagnosis == "hang"
    assert not any("stopped by a signal" in sentence for sentence in result.stuck.sentences)
    assert the_call(result.trace, "parent", "read").errno == "EAGAIN"
    assert not any(call.blocked for call in result.trace.calls)
    assert len(repr(result.trace).splitlines()) < 120


def test_a_function_that_is_killed():
    result = traced(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert result.exit_status == -signal.SIGKILL
    assert the_call(result.trace, "parent", "kill").arguments[1] == "SIGKILL"
    assert result.trace.moments[-1].what == "killed by SIGKILL"


def test_many_processes():
    def fork_many():
        for _ in range(40):
            if os.fork() == 0:
                os._exit(0)
        for _ in range(40):
            os.wait()

    result = traced(fork_many)
    assert result.ok
    assert len(result.trace.processes) == 41
    assert sum(call.forks for call in result.trace.calls) == 40


def test_strace_is_gone_after_the_run():
    def commands():
        pids = [entry for entry in os.listdir("/proc") if entry.isdecimal()]
        return [Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids]

    assert "strace" not in run(commands).value
    result = traced(commands)
    assert result.ok
    assert "strace" in result.value
    assert "strace" not in [process.command for process in result.processes]
    for _ in range(3):
        assert "strace" not in run(commands).value


@pytest.mark.slow
def test_strace_that_is_killed_by_the_run():
    def kill_everything():
        with open("/proc/self/status") as file:
            tracer = next(int(line.split()[1]) for line in file if line.startswith("TracerPid"))
        os.kill(tracer, signal.SIGKILL)
        while os.path.exists(f"/proc/{tracer}/fd/0"):
            pass
        return "still here"

    result = traced(kill_everything)
    assert result.value == "still here"
    assert result.leaks == ()
    assert "strace ended before the run did" in result.trace.problem
    assert result.trace.problem in repr(result.trace)


def test_an_exception_and_a_sealed_run_are_traced():
    def fail():
        os.pipe()
        raise ValueError

    result = traced(fail, sealed=True)
    assert result.exception.type == "ValueError"
    assert [call.name for call in result.trace.calls] == ["pipe2"]


def test_no_calls_is_a_sentence():
    trace = traced(lambda: 1).trace
    assert trace.calls == ()
    assert repr(trace) == "No system call that has to do with IPC was made."
    assert trace.plot().alt == "No timeline: no system call that has to do with IPC was made."


@pytest.mark.parametrize("mode", Containment, ids=lambda mode: mode.name.lower())
@pytest.mark.slow
def test_every_containment_lets_strace_in(mode):
    helper = HelperProcess()
    helper.close()
    weakest_first = list(reversed(Containment))
    if weakest_first.index(mode) > weakest_first.index(Containment[helper.containment]):
        pytest.skip(f"this system grants no more than: {helper.containment}")

    def fork_and_wait():
        if os.fork() == 0:
            os._exit(0)
        os.wait()

    helper = HelperProcess(containment=mode.name)
    try:
        for _ in range(2):
            result = helper.run(fork_and_wait, (), DEADLINE, False, (), trace=True)
            assert result.ok
            assert [call.name for call in result.trace.calls if call.process == "child"] == [
                "exit_group"
            ]
    finally:
        helper.close()

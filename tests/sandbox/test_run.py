"""`run` returns what a function did, whatever it did."""

import os
import signal
import socket
import struct
import sys
import threading
import time

import posix_ipc
import pytest

from ipclab.ipc.processes import reap, spawn
from ipclab.sandbox import Opaque, Run, guard, run

RECORD = struct.Struct("<II")


def kinds(result: Run) -> list[str]:
    return [leak.kind for leak in result.leaks]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        -(2**80),
        1.5,
        "a\udcff",
        b"\xff\0",
        (1, [2, {3: b"x"}], {4}),
        frozenset({5}),
        {"a": (None,)},
    ],
)
def test_plain_values_come_back_with_their_exact_types(value):
    result = run(lambda: value)
    assert result.value == value
    assert type(result.value) is type(value)
    assert result.ok


def test_a_value_that_is_not_plain_comes_back_as_its_description():
    class Lying(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    result = run(lambda: Lying(3))
    assert result.value == Opaque("Lying", "3")


def test_a_value_that_contains_itself_is_opaque():
    def loop():
        value = []
        value.append(value)
        return value

    assert run(loop).value == Opaque("list", "[[...]]")


def test_arguments_and_module_level_objects_travel():
    assert run(lambda data: RECORD.unpack(data), RECORD.pack(3, 4)).value == (3, 4)


def test_what_cannot_travel_is_an_error_with_a_way_out():
    lock = threading.Lock()
    with pytest.raises(TypeError, match="inside the function"):
        run(lambda: lock.acquire())


def test_an_exception_comes_back_as_text_with_the_learners_frames_only():
    def failing():
        return open("/nowhere/to/be/found")

    result = run(failing)
    assert (result.exception.type, result.exception.errno) == ("FileNotFoundError", 2)
    assert "in failing" in result.exception.traceback
    assert result.exception.traceback.count('File "') == 1
    assert result.exit_status == 1
    assert not result.ok


def test_output_is_captured_from_every_process_and_from_below_python():
    def chatty():
        print("from print")
        os.system("echo from a program; echo complaint >&2")

    result = run(chatty)
    assert result.stdout.splitlines() == [b"from a program", b"from print"]
    assert result.stderr == b"complaint\n"


def test_endless_output_is_cut_and_does_not_block():
    result = run(lambda: os.write(1, b"x" * 20_000_000))
    assert result.value == 20_000_000
    assert len(result.stdout) < 5_000_000
    assert b"more bytes" in result.stdout


@pytest.mark.parametrize(
    ("leave", "status"), [(lambda: os._exit(3), 3), (lambda: os.kill(os.getpid(), 9), -9)]
)
def test_the_exit_status_of_a_process_that_does_not_return(leave, status):
    result = run(leave)
    assert (result.exit_status, result.value, result.exception) == (status, None, None)


def test_system_exit_is_an_exception_and_an_exit_status():
    result = run(lambda: sys.exit(4))
    assert (result.exception.type, result.exit_status) == ("SystemExit", 4)


def test_the_caller_is_not_touched():
    before = (os.getcwd(), os.listdir("/proc/self/fd"), threading.active_count())

    def rude():
        os.chdir("/")
        os.kill(0, signal.SIGTERM)

    assert run(rude).exit_status == -signal.SIGTERM
    assert (os.getcwd(), os.listdir("/proc/self/fd"), threading.active_count()) == before


def test_the_first_process_sees_a_program_of_its_own():
    def look():
        read_fd, write_fd = os.pipe()
        return (
            read_fd,
            write_fd,
            os.getsid(0) == os.getpid(),
            len(os.listdir("/proc/self/task")),
            os.read(0, 1),
        )

    assert run(look).value == (3, 4, True, 1, b"")


def test_it_runs_where_the_caller_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(lambda: open("note", "w").close())
    assert (tmp_path / "note").exists()


def test_a_sealed_run_writes_nothing_but_sees_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").write_text("seen")

    def attempt():
        with open("data") as file:
            text = file.read()
        try:
            open("note", "w")
        except OSError as error:
            return text, error.strerror

    result = run(attempt, sealed=True)
    assert result.value == ("seen", "Read-only file system")


def test_a_sealed_run_reports_what_it_leaves_in_tmp():
    def litter():
        os.mkfifo("/tmp/queue", 0o600)
        with open("/tmp/notes", "w") as file:
            file.write("x")

    result = run(litter, sealed=True)
    assert sorted(kinds(result)) == ["fifo", "file"]
    assert not os.path.exists("/tmp/queue")


def test_names_left_in_shared_memory_are_leaks_and_gone():
    def leave():
        posix_ipc.SharedMemory("/left-memory", posix_ipc.O_CREX, size=16).close_fd()
        posix_ipc.Semaphore("/left-semaphore", posix_ipc.O_CREX).close()

    result = run(leave)
    assert sorted(kinds(result)) == ["semaphore", "shared-memory"]
    assert "/left-semaphore" in str(result.leaks)
    assert not [name for name in os.listdir("/dev/shm") if "left-" in name]


def test_open_descriptors_zombies_orphans_and_threads_are_leaks():
    def leave():
        os.pipe()
        if os.fork() == 0:
            os._exit(0)
        if os.fork() == 0:
            signal.pause()
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        threading.Thread(target=signal.pause, daemon=True).start()

    result = run(leave)
    assert sorted(kinds(result)) == ["descriptor", "descriptor", "process", "thread", "zombie"]
    assert result.exit_status == 0


def test_a_child_that_ends_when_the_function_returns_is_a_zombie_every_time():
    def leave():
        if os.fork() == 0:
            os._exit(0)
        return True

    for _ in range(10):
        result = run(leave)
        assert [str(leak) for leak in result.leaks] == [
            "child has ended, and its parent never waited for it"
        ]


def test_an_escaped_child_is_told_though_nobody_waits_for_it():
    for _ in range(10):
        assert "escaped" in [event.name for event in run(lambda: os.fork() >= 0).events]


def test_a_daemon_does_not_survive(tmp_path):
    def daemonise():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True:
                    time.sleep(1)
            os._exit(0)
        os.wait()

    marker = tmp_path.name
    result = run(daemonise)
    assert kinds(result) == ["process"]
    assert result.processes[-1].name in (
        "grandchild",
        "orphan",
    )  # its parent may be gone before it tells
    assert not [pid for pid in _processes() if marker in pid]


def _processes() -> list[str]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                found.append(file.read())
        except OSError:
            continue
    return found


def test_a_child_that_returns_from_the_function_is_stopped_and_told():
    def escape():
        if os.fork() == 0:
            return "child"
        os.wait()
        return "parent"

    result = run(escape)
    assert result.value == "parent"
    assert [event.process for event in result.events if event.name == "escaped"] == ["child"]


def test_shortcuts_show_in_the_events():
    def shortcut():
        import subprocess

        subprocess.run(["/bin/true"], check=True)

    assert "subprocess.Popen" in [event.name for event in run(shortcut).events]


@pytest.mark.slow
@pytest.mark.parametrize("sealed", [False, True])
def test_a_fork_bomb_is_stopped(sealed):
    def bomb():
        for _ in range(2000):
            if os.fork() == 0:
                while True:
                    signal.pause()

    result = run(bomb, sealed=sealed)
    assert result.exception.type == "LimitExceeded"
    assert "processes" in result.exception.message
    assert run(lambda: 1).value == 1


def test_memory_is_bounded():
    result = run(lambda: len(bytearray(8 << 30)))
    assert result.exception.type == "MemoryError"


def test_killing_everybody_in_reach_reaches_only_the_run():
    def kill_everybody():
        child = os.fork()
        if child == 0:
            signal.pause()
        os.kill(-1, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert run(kill_everybody).value == -signal.SIGKILL
    assert run(lambda: 2).value == 2


def test_killing_the_supervisor_does_not_help():
    assert run(lambda: os.kill(os.getppid(), signal.SIGKILL)).value is None
    assert run(lambda: 3).value == 3


def test_closing_every_descriptor_is_told():
    result = run(lambda: os.closerange(0, 4096))
    assert result.exception.type == "DescriptorsClosed"


def test_a_helper_that_was_killed_is_replaced():
    from ipclab.sandbox import run as module

    assert run(lambda: 4).value == 4
    helper = sys.modules["ipclab.sandbox.run"]._current
    helper._process.kill()
    helper._process.wait()
    assert module(lambda: 5).value == 5


def test_runs_in_parallel_do_not_blame_one_another():
    results = {}

    def body(number):
        results[number] = run(
            lambda n: (posix_ipc.Semaphore(f"/s{n}", posix_ipc.O_CREX).close(), n)[1], number
        )

    threads = [threading.Thread(target=body, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, result in results.items():
        assert result.value == number
        assert [str(leak) for leak in result.leaks] == [f"semaphore /s{number} was never unlinked"]


@pytest.mark.slow
def test_an_answer_that_was_forged_is_an_error_not_a_value():
    def forge():
        control = socket.socket(
            fileno=int(next(fd for fd in os.listdir("/proc/self/fd") if int(fd) >= 1000))
        )
        payload = b'{"value": "[1, 2"}'
        control.sendall(struct.pack("<Q", len(payload)) + payload)
        signal.pause()

    assert run(forge).exception.type == "GarbledAnswer"


def test_a_huge_message_is_cut():
    def complain():
        raise ValueError("x" * 50_000_000)

    assert len(run(complain).exception.message) < 100_000


def test_folders_that_a_sealed_run_keeps_are_neither_searched_nor_blamed(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    result = run(lambda: os.listdir(tmp_path / "kept"), sealed=True, keep=[str(tmp_path / "kept")])
    assert (result.value, result.leaks) == (["file"], ())


def counts_its_calls_in_a_child():
    def learners():
        return 5

    called = guard(learners)
    pid = os.fork()
    if pid == 0:
        os._exit(called())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_child_of_the_caller_may_call_a_guarded_function():
    result = run(counts_its_calls_in_a_child)
    assert result.value == 5
    assert not any(event.name == "escaped" for event in result.events)


def forks_without_end():
    while True:
        os.fork()


@pytest.mark.slow
def test_a_fork_bomb_is_stopped_and_named():
    result = run(forks_without_end, deadline=10.0)
    assert result.exception is not None
    assert str(result.exception) == (
        "LimitExceeded: it started more than 256 processes and was stopped"
    )
    assert str(result).count("left behind") == 11
    assert run(os.getpid).ok


def has_many_children(number):
    children = [spawn(int) for _ in range(number)]
    return sum(map(reap, children))


def test_many_children_are_no_bomb():
    for _ in range(2):
        assert run(has_many_children, 200).value == 0

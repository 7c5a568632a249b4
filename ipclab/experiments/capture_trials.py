"""What does it take to run a program and collect what it writes? The measurements for notebook 12.

Each runs in a process of its own, starts programs, reaps them and returns plain data. Times are
seconds of CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import errno
import mmap
import os
import resource
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from fcntl import F_GETPIPE_SZ, fcntl
from pathlib import Path

from ipclab.experiments.pipe_transfers import must_have_succeeded
from ipclab.ipc.capture import capture, drain
from ipclab.ipc.pipes import Pipe, read_until_eof, write_all
from ipclab.ipc.processes import leave_after, reap, spawn

Captured = tuple[bytes, bytes, int]  # stdout, stderr, exit status
Call = tuple[str, float, float, int]  # which, when it began, when it returned, bytes that it moved
CALL = struct.Struct("BddQ")
STREAMS = ("stdout", "stderr")
MIB = 1 << 20


def capacity() -> int:
    """How many bytes does a new pipe of this user hold? man 7 pipe."""
    with Pipe() as pipe:
        return fcntl(pipe.write_end, F_GETPIPE_SZ)


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def plainly(argv: list[str], restore_signals: bool = False) -> Captured:
    """Fork, dup2, exec and nothing else: the signals and the close-on-exec flags are left as they are."""
    with Pipe() as out, Pipe() as err:
        pid = os.fork()
        if pid == 0:
            leave_after(become, argv, out.write_end.fd, err.write_end.fd, restore_signals)
        out.write_end.close()
        err.write_end.close()
        stdout, stderr = drain(out.read_end.fd, err.read_end.fd)
        return stdout, stderr, reap(pid)


def become(argv: list[str], out_fd: int, err_fd: int, restore_signals: bool) -> None:
    os.dup2(out_fd, 1)
    os.dup2(err_fd, 2)
    if restore_signals:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execv(argv[0], argv)


def by_subprocess(argv: list[str], restore_signals: bool = True) -> Captured:
    done = subprocess.run(argv, capture_output=True, restore_signals=restore_signals)
    return done.stdout, done.stderr, done.returncode


def drained() -> tuple[int, list[Call], list[Call]]:
    """In which order do the calls come when a program writes to both streams and both are drained?

    The program fills the pipe of stderr twice, that of stdout twice, and does that once more. Returns
    the size of a write, the program's calls and the parent's: "stdout" and "stderr" stand for a write
    or a read, "poll" for a wait.
    """
    with Pipe() as out, Pipe() as err, Pipe() as log:
        size = max(fcntl(pipe.write_end, F_GETPIPE_SZ) for pipe in (out, err))
        pid = spawn(write_and_log, out, err, log, size)
        for pipe in (out, err, log):
            pipe.write_end.close()
        calls = drain_and_log({out.read_end.fd: "stdout", err.read_end.fd: "stderr"})
        records = CALL.iter_unpack(read_until_eof(log.read_end.fd))
        must_have_succeeded(pid)
        return size, [(STREAMS[stream], *rest) for stream, *rest in records], calls


def write_and_log(out: Pipe, err: Pipe, log: Pipe, size: int) -> None:
    data, calls = bytes(size), []
    for number in (1, 1, 0, 0) * 2:
        began = time.monotonic()
        write_all((out, err)[number].write_end.fd, data)
        calls.append(CALL.pack(number, began, time.monotonic(), size))
    # The parent turns to the log at the end of both streams, so that must come first.
    out.write_end.close()
    err.write_end.close()
    write_all(log.write_end.fd, b"".join(calls))


def drain_and_log(names: dict[int, str]) -> list[Call]:
    """The loop of ipc.capture.drain, with a note of each call."""
    calls: list[Call] = []
    waiting = set(names)
    poll = select.poll()
    for fd in names:
        poll.register(fd, select.POLLIN)
    while waiting:
        began = time.monotonic()
        ready = poll.poll()
        calls.append(("poll", began, time.monotonic(), 0))
        for fd, _ in ready:
            began = time.monotonic()
            count = len(os.read(fd, 64 * 1024))
            calls.append((names[fd], began, time.monotonic(), count))
            if count == 0:
                poll.unregister(fd)
                waiting.remove(fd)
    return calls


def exec_errors() -> list[tuple[str, str, str]]:
    """For each thing that can't be executed: what it is, and what capture and subprocess raise."""
    with tempfile.TemporaryDirectory(prefix="ipclab-") as folder:
        paths = things_that_fail(Path(folder))
        return [
            (what, raised(capture, [str(path)]), raised(by_subprocess, [str(path)]))
            for what, path in paths.items()
        ]


def things_that_fail(folder: Path) -> dict[str, Path]:
    files = {
        "a file that may not be executed": 0o644,
        "an executable file that is no program": 0o755,
    }
    paths = {"a file that does not exist": folder / "missing", "a directory": folder}
    for what, mode in files.items():
        path = paths[what] = folder / f"mode-{mode:o}"
        path.write_text("no program\n")
        path.chmod(mode)
    return paths


def raised(run_program: Callable[[list[str]], Captured], argv: list[str]) -> str:
    try:
        return f"returned status {run_program(argv)[2]}"
    except OSError as error:
        return f"{type(error).__name__} ({errno.errorcode.get(error.errno or 0, error.errno)})"


def endings(scripts: list[str]) -> list[tuple[str, int, int, int]]:
    """For each shell script: the word from waitpid, the status by capture and by subprocess."""
    return [
        (script, word_of(script), capture(shell(script))[2], by_subprocess(shell(script))[2])
        for script in scripts
    ]


def word_of(script: str) -> int:
    pid = spawn(os.execv, "/bin/sh", shell(script))
    return os.waitpid(pid, 0)[1]


def after_sigpipe() -> list[tuple[str, int, bytes, bytes]]:
    """How does a program take SIGPIPE, by the way it was started?

    Returns (way, status of a program that sends itself the signal, stdout and stderr of a
    pipeline whose reader leaves first).
    """
    ways: dict[str, tuple[Callable[[list[str], bool], Captured], bool]] = {
        "fork and exec": (plainly, False),
        "fork, signal(SIGPIPE, SIG_DFL), exec": (plainly, True),
        "subprocess, restore_signals=False": (by_subprocess, False),
        "subprocess": (by_subprocess, True),
    }
    rows = []
    for name, (run_program, restore) in ways.items():
        _, _, status = run_program(shell("kill -s PIPE $$"), restore)
        stdout, stderr, _ = run_program(shell("yes | head -n 1"), restore)
        rows.append((name, status, stdout, stderr))
    return rows


def with_closed(numbers: tuple[int, ...]) -> tuple[int, list[bool]]:
    """What arrives when the caller's descriptors `numbers` were closed before it captures?

    Returns the number that the first pipe's write end gets, and whether both streams arrive: by
    dup2 alone, by ipc.capture, which first moves the pipe ends above 2, and by subprocess.
    """
    for fd in numbers:
        os.close(fd)
    with Pipe() as probe:  # the lowest free numbers, which a capture's first pipe gets again
        number = probe.write_end.fd
    arrived = []
    for run_program in (plainly, capture, by_subprocess):
        stdout, stderr, _ = run_program(shell("echo to stdout; echo to stderr >&2"))
        arrived.append(stdout == b"to stdout\n" and b"to stderr\n" in stderr)
    return number, arrived


def launch_costs(way: str, sizes: list[int]) -> list[tuple[float, int]]:
    """What does it cost to start a program and wait for it, by the memory that the starter holds?

    Sizes in bytes. Returns seconds and page faults for each; the faults are those of the starter
    and of its child together. One way a process: what a fork shares is paid for long after.
    """
    launch = LAUNCHES[way]
    argv = [shutil.which("true") or "/bin/true"]
    launch(argv)  # the first one loads what all of them need
    costs = []
    for size in sizes:
        with held(size):
            costs.append(cost_of(launch, argv))
    return costs


def fork_and_exec(argv: list[str]) -> None:
    must_have_succeeded(spawn(os.execv, argv[0], argv))


def run_by_subprocess(argv: list[str]) -> None:
    subprocess.run(argv, check=True)


LAUNCHES = {"fork + exec": fork_and_exec, "subprocess": run_by_subprocess}


def cost_of(launch: Callable[[list[str]], None], argv: list[str]) -> tuple[float, int]:
    before, began = page_faults(), time.monotonic()
    launch(argv)
    return time.monotonic() - began, page_faults() - before


def page_faults() -> int:
    """Of this process and of all children that it has reaped. man 2 getrusage."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(one).ru_minflt for one in who)


def held(size: int) -> mmap.mmap:
    """Private memory, every page of it in use. Huge pages would hide what a fork has to copy."""
    memory = mmap.mmap(-1, max(size, mmap.PAGESIZE), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    memory[:: mmap.PAGESIZE] = b"x" * (len(memory) // mmap.PAGESIZE)
    return memory

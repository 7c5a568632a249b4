"""Has strace (man 1 strace) follow a run, from the call of its function on.

It is attached while the first process still waits for what it shall call: nothing is missed, and a
run that is not traced has nothing to do with it. It is started inside the run's namespaces, so that
it sees the same process ids and paths, and writes into memory that has no name.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time
from collections.abc import Mapping

from . import containment, recording
from .strace import parse
from .trace import Trace

_CALLS = """
    read write readv writev open openat creat close close_range pipe pipe2 dup dup2 dup3 fcntl ioctl
    mknod mknodat link linkat unlink unlinkat rename renameat renameat2 ftruncate mmap munmap memfd_create
    fork vfork clone clone3 execve execveat exit exit_group wait4 waitid kill tkill tgkill pidfd_open
    poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2
    futex flock splice tee vmsplice sendfile pause rt_sigsuspend rt_sigtimedwait nanosleep clock_nanosleep
    restart_syscall
    socket socketpair bind listen accept accept4 connect shutdown sendto recvfrom sendmsg recvmsg
    mq_open mq_timedsend mq_timedreceive msgget msgsnd msgrcv semget semop semtimedop shmget shmat shmdt
"""
# A question mark: no error where a machine does not know this call.
_OPTIONS = (
    "-f",
    "-y",
    "-ttt",
    "-T",
    "-s",
    "32",
    "-e",
    "trace=" + ",".join(f"?{c}" for c in _CALLS.split()),
)
_OUTPUT_FD = 9  # in strace
_START_UP, _LAST_WORDS = 10.0, 5.0  # seconds on a busy machine
_OUTPUT_LIMIT = 64 << 20  # bytes: there strace is stopped, and what follows goes unrecorded

_REFUSED = (
    "No system calls were recorded: the system does not let strace look into processes"
    " (ptrace: Operation not permitted). In a container, start it with --cap-add=SYS_PTRACE;"
    " elsewhere write 1 or 0 to /proc/sys/kernel/yama/ptrace_scope (man 2 ptrace)"
)


class Tracer:
    """strace, attached to a run's first process. `problem`: why it could not be, in a sentence."""

    def __init__(self, strace: str, first: int) -> None:
        self.problem: str | None = None
        self._was_asked = False  # to end, and did
        self._stopped = 0.0  # seconds since the epoch, as strace counts
        self._output = os.memfd_create("strace")
        self._messages, write_fd = os.pipe2(os.O_CLOEXEC)
        try:
            with containment.inheritable_right_to_trace():
                self.pid: int | None = self._start(strace, first, write_fd)
        except OSError as error:
            self.pid, self.problem = None, _failure(f"it does not start: {error.strerror}")
            return
        finally:
            os.close(write_fd)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (_OUTPUT_LIMIT, _OUTPUT_LIMIT))
        self._pidfd = os.pidfd_open(self.pid)
        self.problem = self._await_attachment()
        if self.problem:
            self.stop()

    def _start(self, strace: str, first: int, messages: int) -> int:
        return os.posix_spawn(
            strace,
            [strace, *_OPTIONS, "-o", f"/proc/self/fd/{_OUTPUT_FD}", "-p", str(first)],
            {**os.environ, "LC_ALL": "C"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, messages, 2),
                (os.POSIX_SPAWN_DUP2, self._output, _OUTPUT_FD),
            ],
            setsid=True,
        )

    def _await_attachment(self) -> str | None:
        """strace says so on its standard error; if it cannot, it says why, and ends."""
        give_up, said = time.monotonic() + _START_UP, b""
        while b" attached" not in said:
            if not _is_readable(self._messages, give_up):
                return _failure(f"it did not start within {_START_UP:.0f} s")
            chunk = os.read(self._messages, 4096)
            if not chunk:
                return _failure(said.decode(errors="replace").strip())
            said += chunk
        return None

    def drain(self) -> None:
        """Take strace's messages, one for each process, so that it never waits for us."""
        while _is_readable(self._messages, 0.0) and os.read(self._messages, 4096):
            pass

    def _lines(self) -> list[str]:
        """What it has recorded so far."""
        data = bytearray()
        while chunk := os.pread(self._output, 1 << 20, len(data)):
            data += chunk
        return data.decode(errors="backslashreplace").split("\n")

    def await_report_of(self, pid: int) -> None:
        """Until strace has seen the end of our child, which has ended: no sooner can we reap it."""
        give_up = time.monotonic() + _LAST_WORDS
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        try:
            while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
                if not signal.sigtimedwait({signal.SIGCHLD}, max(0.0, give_up - time.monotonic())):
                    return
        except ChildProcessError:
            return
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def stop(self, at_once: bool = False) -> None:
        """Let strace go; the processes go on, and calls that have not ended are recorded as such.

        `at_once`: without that record, for it takes long when processes are many.
        """
        if self.pid is None:
            return
        self._stopped = time.time()
        try:
            for number in (signal.SIGKILL,) if at_once else (signal.SIGTERM, signal.SIGKILL):
                signal.pidfd_send_signal(self._pidfd, number)
                if _is_readable(self._pidfd, time.monotonic() + _LAST_WORDS):
                    break
            _, status = os.waitpid(self.pid, 0)
            ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            self._was_asked = ended_by == signal.SIGTERM or (at_once and ended_by == signal.SIGKILL)
        except (ProcessLookupError, ChildProcessError):
            pass  # it ended by itself, and was reaped among the processes of the run
        os.close(self._pidfd)
        self.pid = None

    def forks(self) -> dict[int, int]:
        """What it has seen of them so far: child -> parent."""
        return recording.forks(
            parse(line for line in self._lines() if "fork" in line or "clone" in line)
        )

    def close(self, first: int, names: Mapping[int, str]) -> Trace:
        """All that was recorded, and the end of it."""
        self.stop()
        try:
            if self.problem:
                return Trace((), problem=self.problem)
            lines = self._lines()
            was_cut = not self._was_asked and len(lines) <= recording.MOST_LINES
            output = parse(lines[: recording.MOST_LINES])
            return recording.trace_of(output, first, names, was_cut, self._stopped)
        finally:
            os.close(self._messages)
            os.close(self._output)


def _is_readable(descriptor: int, give_up: float) -> bool:
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(max(0.0, give_up - time.monotonic()) * 1000))


def _failure(said: str) -> str:
    if "not permitted" in said or "EPERM" in said:
        return _REFUSED
    last = said.splitlines()[-1].removeprefix("strace: ") if said else "it ended without a word"
    return f"No system calls were recorded: strace failed ({last})"

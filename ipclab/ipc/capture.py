"""How does a parent collect all that another program prints, and its exit status?

Three pipes join the parent to the child, which becomes the program:

    parent                          child
    reads out      <--------------  descriptor 1 of the program
    reads err      <--------------  descriptor 2 of the program
    reads failure  <--------------  the errno of a failed exec; a successful exec closes it

The order in the parent matters. It closes its own write ends, or it would never see end of
file. It learns whether exec worked. It drains both streams together: one after the other
deadlocks as soon as the program fills the pipe that nobody reads. It reaps last: a program that
is blocked in a write to a full pipe never ends.

    stdout, stderr, status = capture(["/bin/echo", "hello"])

Read more: man 2 execve, man 2 dup, man 7 pipe; PEP 446 for who inherits which descriptor.
"""

import contextlib
import fcntl
import io
import os
import select
import signal

from ipclab.ipc.pipes import Pipe, read_until_eof
from ipclab.ipc.processes import leave_after, reap


def capture(argv: list[str]) -> tuple[bytes, bytes, int]:
    """Run a program to its end; return its standard output, standard error and exit status.

    The status is minus the signal number when a signal killed it. The program inherits standard
    input, environment, directory, umask and what the caller made inheritable; without a slash in
    argv[0] it is looked for in PATH. The output ends when no process can add to it any more.

    Raises ValueError when argv can't be passed to a program; the OSError that says why exec
    failed, such as FileNotFoundError or PermissionError; ChildProcessError when the caller
    ignores SIGCHLD, because then the kernel keeps no exit status. An exception that arrives
    while it waits, such as KeyboardInterrupt, kills the program first.
    """
    arguments = _encode(argv)
    with Pipe() as out, Pipe() as err, Pipe() as failure:
        pid = os.fork()
        if pid == 0:
            ends = (out.write_end.fd, err.write_end.fd, failure.write_end.fd)
            leave_after(_become_program, arguments, *ends)
        try:
            for pipe in (out, err, failure):
                pipe.write_end.close()
            if code := read_until_eof(failure.read_end.fd):
                raise OSError(int(code), os.strerror(int(code)), argv[0])
            stdout, stderr = drain(out.read_end.fd, err.read_end.fd)
            return stdout, stderr, reap(pid)
        except BaseException:
            _kill_and_reap(pid)
            raise


def drain(*fds: int) -> list[bytes]:
    """Read several descriptors at the same time, each until its end of file. man 2 poll."""
    # BytesIO grows where it stands, and gives its contents away without a copy of them.
    received = {fd: io.BytesIO() for fd in fds}
    waiting = set(fds)
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    while waiting:
        for fd, _ in poll.poll():
            if chunk := os.read(fd, 64 * 1024):
                received[fd].write(chunk)
            else:
                poll.unregister(fd)
                waiting.remove(fd)
    return [received[fd].getvalue() for fd in fds]


def _encode(argv: list[str]) -> list[bytes]:
    """Refuse before the fork what exec can't take: it passes strings that end at a NUL byte."""
    if isinstance(argv, str) or not argv or not argv[0]:
        raise ValueError(
            f"capture: argv must be a list that starts with a program, got {argv!r}; "
            "try ['/bin/echo', 'hello']"
        )
    arguments = [os.fsencode(argument) for argument in argv]
    for argument in arguments:
        if b"\0" in argument:
            raise ValueError(f"capture: an argument can't hold a NUL byte: {argument!r}")
    return arguments


def _become_program(arguments: list[bytes], out_fd: int, err_fd: int, failure_fd: int) -> None:
    """In the child: connect the streams and exec. Comes back only to raise."""
    try:
        out_fd, err_fd, failure_fd = map(_above_standard, (out_fd, err_fd, failure_fd))
        os.dup2(out_fd, 1)  # the copy is inheritable; the original closes over exec
        os.dup2(err_fd, 2)
        # Python ignores these two, and ignoring is inherited: `yes | head` would complain.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.execvp(arguments[0], arguments)  # execve for each directory of PATH
    except OSError as error:
        os.write(failure_fd, str(error.errno).encode())
        os._exit(127)


def _above_standard(fd: int) -> int:
    """Where the caller's 0, 1 or 2 was closed, a pipe end got that number: move it out of the way.

    Otherwise one dup2 overwrites the end that the next one needs, and dup2(1, 1) does nothing:
    descriptor 1 would still close over exec.
    """
    return fd if fd > 2 else fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3)


def _kill_and_reap(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):  # it may be gone already
        os.kill(pid, signal.SIGKILL)
        reap(pid)

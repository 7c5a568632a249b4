"""What does a server need before it can serve, and what must be gone when it has ended?

    kv.db           the pairs (SQLite's own kv.db-wal and kv.db-shm beside it)
    kv.db.lock      locked (flock) by the supervisor and all its workers, so: as long as any of them runs
    kv.db.sock      the socket, mode 0600
    /dev/shm/…      the cache's memory and semaphores, see shared_cache.py

The lock on the file is what makes a second server, or a restart after a crash, safe: the kernel gives it up when the
last process ends that has it, and never forgets to.

Read more: man 2 flock; man 7 unix, "Pathname socket ownership and permissions".
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ipclab.ipc import owners

from .coherent import CoherentStore
from .layout import COUNTERS
from .learner import Functions, LearnersPairs, recover_outside
from .recovery import recover
from .shared_cache import SLOTS, SharedCache, run_of
from .store import Store
from .supervisor import Supervisor
from .worker import Pairs, Worker, die_with

MOST_WORKERS = 64
MOST_SLOTS = 1 << 28  # the memory of any machine
_BACKLOG = 128
_OLD_WORKERS = 5.0  # seconds that the workers of a killed supervisor may take to end


def serve(
    path: str,
    workers: int,
    socket_path: str,
    slots: int = SLOTS,
    ready: Callable[[], None] = lambda: None,
    functions: Functions | None = None,
) -> int:
    """Serve the database at `path` until SIGTERM or SIGINT, on a learner's functions if given; the exit status.

    Raises OSError when another server has it, the socket cannot be made, or /dev/shm has no room; sqlite3.Error
    for a file that is no database.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(_only_server(path))
        Store(path).close()  # better a word now than from each worker
        cache = stack.enter_context(SharedCache.create(run_of(path), slots, workers + 1))
        listener = stack.enter_context(_listening(socket_path))
        supervisor = os.getpid()

        def work(number: int, channel: socket.socket) -> None:
            die_with(supervisor)
            store = Store(path)
            mine = cache.as_participant(number, lambda: os.getppid() == supervisor)
            pairs: Pairs = CoherentStore(mine, store)
            if functions:
                pairs = LearnersPairs(functions, mine, cache.outside_lock(number), store)
            row, answer_stats = cache.words.row(number), partial(stats, cache)
            Worker(channel, pairs, row, answer_stats, mine.publish).run()
            store.close()

        recover = _recovery(cache, outside=functions is not None)
        status = Supervisor(cache, listener, workers, work, recover).run(ready)
        # Two workers that close at the same moment each leave SQLite's log to the other one.
        Store(path).close()
        return status


def _recovery(cache: SharedCache, outside: bool) -> Callable[[int, Iterable[int]], bool]:
    """What the supervisor, participant 0, does after a death."""
    words, locks, mine = cache.words, cache.locks(0), cache.as_participant(0)
    lock = cache.outside_lock(0)

    def recovered(dead: int, living: Iterable[int]) -> bool:
        living = list(living)
        return recover(dead, living, words, locks, mine) and (
            not outside or recover_outside(dead, living, words, cache.geometry, lock, mine)
        )

    return recovered


def stats(cache: SharedCache) -> dict[str, object]:
    """The process ids of the workers, and the counters of all workers there were, added up."""
    rows = [cache.row(number) for number in range(1, cache.geometry.participants)]
    summed = {name: sum(row[name] for row in rows) for name in COUNTERS if name != "pid"}
    del summed["closed"]
    return {"workers": [row["pid"] for row in rows if row["pid"]], **summed}


@contextlib.contextmanager
def _only_server(path: str) -> Iterator[None]:
    """Raises BlockingIOError while another server has this database."""
    fd = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(fd, path)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()} {owners.start_of('self')}".encode(), 0)
        yield
    finally:
        os.close(fd)


def _lock(fd: int, path: str) -> None:
    deadline = time.monotonic() + _OLD_WORKERS
    while True:
        try:
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _, started = os.pread(fd, 64, 0).decode("ascii", "replace").partition(" ")
            runs = pid.isdigit() and str(owners.start_of(pid)) == started
            if runs or time.monotonic() > deadline:
                words = f"process {pid or '?'} serves this database already"
                raise BlockingIOError(errno.EAGAIN, words, path) from None
        time.sleep(0.01)  # its workers are about to end, and flock knows no time limit


@contextlib.contextmanager
def _listening(path: str) -> Iterator[socket.socket]:
    """A socket that only this user can connect to; its path is removed in the end."""
    _remove_old(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as listener:
        mask = os.umask(0o177)  # the mode is right from the first moment
        try:
            listener.bind(path)
        finally:
            os.umask(mask)
        try:
            listener.listen(_BACKLOG)
            listener.setblocking(False)
            yield listener
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)


def _remove_old(path: str) -> None:
    """Remove the socket of a server that was killed. Raises FileExistsError for anything else."""
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise FileExistsError(errno.EEXIST, "this is no socket; choose another --socket", path)
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
    raise FileExistsError(
        errno.EADDRINUSE, "another server answers there; choose another --socket", path
    )

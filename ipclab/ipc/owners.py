"""Who created this object, and does that process still run?

An object outlives its creator: after a crash its name stays, and the next start finds it taken. To tell
a stale name from one that is in use, the creator leaves a note beside the object, a symbolic link that
points nowhere. Its text is the note, and it comes into being whole:

    /dev/shm/ipclab-1000-k3f9-counter
    /dev/shm/ipclab-1000-k3f9-counter.owner -> pid=4711,start=815,pidns=4026531836,boot=6bd5bf8a

A process id alone names nobody for long: after some time another process gets it. With the time at
which the process started, in the same boot of the machine, it never names two. And inside a container
ids are counted anew: the note says in which PID namespace.

Read more: man 7 pid_namespaces, man 5 proc_pid_stat, man 2 symlink.
"""

import contextlib
import errno
import hashlib
import os
import re
from dataclasses import dataclass

NOTE = ".owner"
RUNS, ENDED, UNKNOWN = "runs", "has ended", "cannot be seen from here"
_TEXT = re.compile(r"pid=(\d+),start=(\d+),pidns=(\d+),boot=([0-9a-f]+)")
_LONGEST_FILE_NAME = 255  # bytes
_INITIAL_PID_NAMESPACE = 0xEFFFFFFC  # the machine's own, in which every process can be seen


@dataclass(frozen=True)
class Owner:
    """One process, once and for all."""

    pid: int  # as it is counted in its own PID namespace
    started: int  # clock ticks after the boot
    pid_namespace: int
    boot: str

    def __str__(self) -> str:
        return f"process {self.pid}"

    @property
    def state(self) -> str:
        """RUNS, ENDED, or UNKNOWN for a process of another container."""
        if self.boot != _boot():
            return ENDED
        here = _pid_namespace("self")
        if self.pid_namespace == here:
            return RUNS if start_of(str(self.pid)) == self.started else ENDED
        if any(map(self._is, filter(str.isdigit, os.listdir("/proc")))):
            return RUNS
        return ENDED if here == _INITIAL_PID_NAMESPACE else UNKNOWN

    def _is(self, pid: str) -> bool:
        """Is this process, counted as `pid` here, the owner, who lives in a namespace below ours?"""
        return start_of(pid) == self.started and _pid_namespace(pid) == self.pid_namespace


def current() -> Owner:
    """This process."""
    started = start_of("self")
    assert started is not None, "/proc/self is this process"
    return Owner(os.getpid(), started, _pid_namespace("self"), _boot())


def note_of(path: str) -> str:
    """Where the note about `path` stands: beside it, under a digest where the name leaves no room for more."""
    folder, name = os.path.split(path)
    if len(os.fsencode(name + NOTE)) > _LONGEST_FILE_NAME:
        name = hashlib.blake2s(os.fsencode(name), digest_size=16).hexdigest()
    return os.path.join(folder, name + NOTE)


def leave_note(path: str) -> None:
    """Note that this process has created the object at `path`; O_EXCL made sure that nobody else did."""
    forget(path)  # somebody may have removed an older object by hand, without its note
    owner = current()
    text = f"pid={owner.pid},start={owner.started},pidns={owner.pid_namespace},boot={owner.boot}"
    os.symlink(text, note_of(path))


def owner_of(path: str) -> Owner | None:
    """Who noted that they created the object at `path`; None without a note of this user's."""
    try:
        match = _TEXT.fullmatch(os.readlink(note_of(path)))
        # Everybody may write into the folder; whose note it is, the kernel says.
        by_this_user = os.lstat(note_of(path)).st_uid == os.geteuid()
    except OSError:
        return None
    if match is None or not by_this_user:
        return None
    return Owner(int(match[1]), int(match[2]), int(match[3]), match[4])


def is_ours(path: str) -> bool:
    """Did this process create what stands at `path`? It may have been cleaned, and created anew."""
    return owner_of(path) == current()


def only_creator(name: str, creator: int) -> None:
    """Raises PermissionError unless this process is the one that created `name`; its children are not."""
    if creator != os.getpid():
        raise PermissionError(errno.EPERM, "only the process that created it removes it", name)


def forget(path: str) -> None:
    """Remove the note, if there is one."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(note_of(path))


def start_of(pid: str) -> int | None:
    """When a process started; None when there is none, or only what its parent did not reap yet."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            # The program's name, in parentheses, may contain anything.
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def _pid_namespace(pid: str) -> int:
    try:
        return os.stat(f"/proc/{pid}/ns/pid").st_ino
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0


def _boot() -> str:
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read().partition("-")[0]

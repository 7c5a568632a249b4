"""How is a run kept from harming anything outside itself?

Where the system allows it, each run lives in namespaces of its own (man 7 namespaces): its first
process cannot name a process, a shared-memory object or a mount outside, so that `kill(-1)`, a
daemon or a forgotten semaphore is contained, and counted exactly. A *sealed* run, as the checker
uses it, also sees a read-only file system with an empty /tmp and holds no capability.

Where namespaces are refused (some containers), process groups, a subreaper and a system-call filter
against `kill(-1)` remain: see `restrict_signals`.
"""

from __future__ import annotations

import contextlib
import ctypes
import enum
import os
import resource
import struct
from collections.abc import Iterable, Iterator

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = (
    0x00020000,
    0x08000000,
    0x10000000,
    0x20000000,
)
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_SET_PTRACER = 36, 38, 0x59616D61
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_LOWER, CAP_SYS_PTRACE = 47, 2, 3, 19
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1

POPULATION_LIMIT = 256  # processes of a run at one time
MEMORY_LIMIT = 2 << 30  # bytes of address space a process, and of resident memory the whole run
FILE_LIMIT = 1 << 30  # bytes
DESCRIPTOR_LIMIT = 1024
_TMPFS = f"mode=1777,size={FILE_LIMIT}"

_libc = ctypes.CDLL(None, use_errno=True)


class Containment(enum.Enum):
    """What keeps the runs of this helper apart from everything else."""

    NAMESPACES = "namespaces"
    USER_NAMESPACE = "namespaces inside a user namespace"
    PROCESS_GROUP = "process group, subreaper and system-call filter"

    @property
    def has_namespaces(self) -> bool:
        return self is not Containment.PROCESS_GROUP


def _checked(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def unshare(flags: int) -> None:
    """man 2 unshare."""
    _checked(_libc.unshare(flags), "unshare")


def prctl(option: int, argument: int = 0) -> None:
    """man 2 prctl."""
    unused = ctypes.c_ulong(0)
    _checked(
        _libc.prctl(option, ctypes.c_ulong(argument), unused, unused, unused), f"prctl({option})"
    )


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """man 2 mount."""
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _checked(result, f"mount {target}")


class PidNamespaces:
    """Forks children that are the first process of a new PID namespace, again and again.

    A process may ask only once for its children to live in a new namespace; going back to its own
    after the fork makes it possible for every run (man 2 setns).
    """

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def fork(self) -> int:
        """As os.fork; the parent stays where it was."""
        unshare(CLONE_NEWPID)
        pid = os.fork()
        if pid:
            _checked(_libc.setns(self._own, CLONE_NEWPID), "setns")
        return pid


def enter_user_namespace() -> None:
    """Become, without privileges, the owner of a new user namespace; ids stay what they are."""
    uid, gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | CLONE_NEWPID)
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(content)


def private_mounts() -> None:
    """A private /proc (this PID namespace) and an empty /dev/shm, seen by this run only."""
    unshare(CLONE_NEWNS | CLONE_NEWIPC)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, _TMPFS)


def reveal_shared_memory() -> None:
    """Take the run's own /dev/shm away again: below it lies the machine's."""
    _checked(_libc.umount2(b"/dev/shm", MNT_DETACH), "umount /dev/shm")


def seal(keep: Iterable[str]) -> None:
    """Make every file system read-only and /tmp empty; folders to `keep` stay visible in /tmp."""
    kept = {folder: os.open(folder, os.O_PATH | os.O_CLOEXEC) for folder in _below_tmp(keep)}
    _set_read_only("/", True, AT_RECURSIVE)
    _set_read_only("/dev/shm", False)
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, _TMPFS)
    for folder, descriptor in kept.items():
        os.makedirs(folder)
        mount(f"/proc/self/fd/{descriptor}", folder, None, MS_BIND | MS_REC)
        os.close(descriptor)


def _set_read_only(path: str, read_only: bool, flags: int = 0) -> None:
    """man 2 mount_setattr; the structure is set, clear, propagation, userns_fd."""
    choice = (MOUNT_ATTR_RDONLY, 0) if read_only else (0, MOUNT_ATTR_RDONLY)
    attributes = struct.pack("<QQQQ", *choice, 0, 0)
    size = ctypes.c_size_t(len(attributes))
    result = _libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, attributes, size)
    _checked(result, f"mount_setattr {path}")


def _below_tmp(folders: Iterable[str]) -> list[str]:
    """Those that the empty /tmp would hide, outermost first, none inside another."""
    chosen: list[str] = []
    for folder in sorted({os.path.realpath(folder) for folder in folders}):
        inside = any(folder.startswith(other + "/") for other in chosen)
        if folder.startswith("/tmp/") and os.path.isdir(folder) and not inside:
            chosen.append(folder)
    return chosen


def drop_capabilities() -> None:
    """Give up every capability, for good: also what root would regain by exec (man 7 capabilities)."""
    for capability in range(_last_capability() + 1):
        prctl(PR_CAPBSET_DROP, capability)
    header = struct.pack("<II", 0x20080522, 0)  # version 3, this thread
    _checked(_libc.capset(header, bytes(24)), "capset")


@contextlib.contextmanager
def inheritable_right_to_trace() -> Iterator[None]:
    """A program that is started meanwhile may trace, if this process may (man 7 capabilities).

    In a user namespace an ordinary user's processes have every capability until they call exec.
    """
    header, data = struct.pack("<II", 0x20080522, 0), ctypes.create_string_buffer(24)
    _checked(_libc.capget(header, data), "capget")
    effective, permitted, inheritable, *high = struct.unpack("<6I", data.raw)
    if not permitted & 1 << CAP_SYS_PTRACE:
        yield
        return
    wider = struct.pack("<6I", effective, permitted, inheritable | 1 << CAP_SYS_PTRACE, *high)
    _checked(_libc.capset(header, wider), "capset")
    _ambient(PR_CAP_AMBIENT_RAISE, CAP_SYS_PTRACE)
    try:
        yield
    finally:
        _ambient(PR_CAP_AMBIENT_LOWER, CAP_SYS_PTRACE)
        _checked(_libc.capset(header, data), "capset")


def _ambient(operation: int, capability: int) -> None:
    numbers = (ctypes.c_ulong(number) for number in (operation, capability, 0, 0))
    _checked(_libc.prctl(PR_CAP_AMBIENT, *numbers), "prctl(PR_CAP_AMBIENT)")


def _last_capability() -> int:
    with open("/proc/sys/kernel/cap_last_cap") as file:
        return int(file.read())


def limit_resources() -> None:
    """Bounds of one process: address space, file size, descriptors, no core files."""
    for which, limit in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_FSIZE, FILE_LIMIT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, DESCRIPTOR_LIMIT),
    ):
        _, hard = resource.getrlimit(which)
        ceiling = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (ceiling, hard))


def allow_tracing(pid: int) -> None:
    """Let `pid` and its descendants trace this process where Yama would not (man 2 prctl)."""
    try:
        prctl(PR_SET_PTRACER, pid)
    except OSError:
        pass  # a kernel without Yama asks for no permission


_KILL_NUMBER = {"x86_64": (0xC000003E, 62), "aarch64": (0xC00000B7, 129)}


def restrict_signals() -> None:
    """Make `kill(-1, …)`, which would reach everything the user runs, fail with EPERM.

    A classic BPF filter over struct seccomp_data (man 2 seccomp): the call's number at offset 0, the
    architecture at 4, the lower half of the first argument at 16. Elsewhere than on x86-64 and
    aarch64 nothing is filtered.
    """
    machine = os.uname().machine
    if machine not in _KILL_NUMBER:
        return
    architecture, kill = _KILL_NUMBER[machine]
    load, equal, give = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM
    instructions = [
        (load, 0, 0, 4),
        (equal, 0, 5, architecture),
        (load, 0, 0, 0),
        (equal, 0, 3, kill),
        (load, 0, 0, 16),
        (equal, 0, 1, 0xFFFFFFFF),
        (give, 0, 0, refuse),
        (give, 0, 0, allow),
    ]
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in instructions)
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("@HP", len(instructions), ctypes.addressof(buffer))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), program, zero, zero), "seccomp")

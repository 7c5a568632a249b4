"""What `ipclab doctor` looks at. Each function tries one thing on the real system."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ipclab.exercises.state import learner_root

MIB = 1 << 20
SUPPORTED = ((3, 11), (3, 12), (3, 13))
PACKAGES = (
    *("jupyterlab", "posix_ipc", "matplotlib", "nbval", "ipywidgets"),
    *("cloudpickle", "filelock", "rich"),
)
ROOM_WANTED = 64 * MIB  # what Docker gives a container
PROCESSES_WANTED = 100  # a notebook with its kernel, and the busiest of the checks
REPORT = (
    "No solution can be checked here. If no other line explains it, please report it as a defect of"
    " the course."
)
DEFAULT_CAPACITY = 16  # pages of a new pipe, man 7 pipe


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `status`: "ok", "note" (the course still works) or "lacks"."""

    status: str
    subject: str
    observed: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.status:5}  {self.subject}: {self.observed}"
        advice = textwrap.indent(self.advice, " " * 7)
        return f"{line}\n{advice}" if advice else line


def python() -> Finding:
    suited = sys.version_info[:2] in SUPPORTED
    advice = "" if suited else "Install Python 3.11, 3.12 or 3.13 and repeat `make lab`."
    return Finding("ok" if suited else "lacks", "Python", platform.python_version(), advice)


def packages() -> Finding:
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        advice = "`make lab` installs them into .venv; then call .venv/bin/ipclab."
        return Finding("lacks", "packages", f"not installed: {', '.join(missing)}", advice)
    return Finding("ok", "packages", "all installed")


def kernel() -> Finding:
    """WSL 1 and 2 tell themselves apart by the name of their kernel's release."""
    release = platform.release()
    if "microsoft" not in release.lower():
        return Finding("ok", "kernel", f"Linux {release}")
    if "wsl2" not in release.lower():
        advice = (
            "WSL 1 imitates the system calls of Linux, and not all that the course is about.\n"
            "In Windows: wsl --set-version DISTRIBUTION 2"
        )
        return Finding("lacks", "kernel", f"{release}, WSL 1", advice)
    return Finding("ok", "kernel", f"Linux {release}, WSL 2")


def container() -> Finding:
    """Nothing is wrong with a container; it explains what the other lines say."""
    signs = {
        "Docker": Path("/.dockerenv").exists(),
        "Podman": Path("/run/.containerenv").exists(),
        "Kubernetes": "KUBERNETES_SERVICE_HOST" in os.environ,
        "of an unknown kind": " / overlay " in Path("/proc/self/mounts").read_text(),
    }
    kind = next((kind for kind, seen in signs.items() if seen), "none that is known")
    return Finding("ok", "container", kind)


def working_folder() -> Finding:
    """FIFOs and hard links, which shared folders of Windows and of virtual machines lack."""
    root = learner_root()
    nearest = next(folder for folder in (root, *root.parents) if folder.is_dir())
    try:
        with tempfile.TemporaryDirectory(prefix=".ipclab-doctor-", dir=nearest) as folder:
            os.mkfifo(f"{folder}/fifo")
            Path(folder, "file").touch()
            os.link(f"{folder}/file", f"{folder}/link")
    except OSError as error:
        advice = (
            "You need a folder that you may write to, and that can hold FIFOs and hard links\n"
            "(on WSL: below your Linux home, not below /mnt/c). Set IPCLAB_HOME to such a folder."
        )
        return Finding("lacks", "working folder", f"{root}: {error.strerror}", advice)
    return Finding("ok", "working folder", f"{root}: files, links and FIFOs can be made")


def _name(subject: str) -> str:
    return f"/ipclab-{os.getuid()}-{os.getpid()}-{subject}"


def shared_memory() -> Finding:
    """man 7 shm_overview: objects are files in /dev/shm."""
    import posix_ipc

    subject = "shared memory"
    try:
        memory = posix_ipc.SharedMemory(_name("doctor"), posix_ipc.O_CREX, mode=0o600, size=4096)
        memory.unlink()
        memory.close_fd()
        room = os.statvfs("/dev/shm")
    except (OSError, posix_ipc.Error) as error:
        advice = "/dev/shm must be a tmpfs that you may write to: mount -t tmpfs tmpfs /dev/shm"
        return Finding("lacks", subject, f"shm_open fails: {error}", advice)
    size, free = room.f_blocks * room.f_frsize, room.f_bavail * room.f_frsize
    observed = f"shm_open works; /dev/shm: {size // MIB:,} MiB, of which {free // MIB:,} are free"
    if free < ROOM_WANTED * 9 // 10:
        advice = (
            "Large experiments may fail. `ipclab clean` removes what the course left there.\n"
            "A Docker container gets more with: docker run --shm-size=256m"
        )
        return Finding("note", subject, observed, advice)
    return Finding("ok", subject, observed)


def semaphores() -> Finding:
    """man 7 sem_overview."""
    import posix_ipc

    try:
        semaphore = posix_ipc.Semaphore(_name("doctor"), posix_ipc.O_CREX, mode=0o600)
        semaphore.unlink()
        semaphore.close()
    except (OSError, posix_ipc.Error) as error:
        advice = "Semaphores are files in /dev/shm: may you write there? Is it full?"
        return Finding("lacks", "named semaphores", f"sem_open fails: {error}", advice)
    return Finding("ok", "named semaphores", "sem_open works")


def processes() -> Finding:
    """man 2 fork, man 2 execve, and RLIMIT_NPROC in man 2 getrlimit."""
    subject = "new processes"
    try:
        if (pid := os.fork()) == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        subprocess.run([sys.executable, "-c", ""], check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        advice = (
            "End programs that you do not need, or raise the limit: `ulimit -u` shows it;\n"
            "in Docker it is --pids-limit."
        )
        return Finding("lacks", subject, f"fork or exec fails: {error}", advice)
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if soft == resource.RLIM_INFINITY:
        return Finding("ok", subject, "fork and exec work; no limit for this user")
    observed = f"fork and exec work; at most {soft:,} for this user"
    if soft < PROCESSES_WANTED:
        advice = f"Some checks start many. Raise it: ulimit -u {PROCESSES_WANTED}"
        return Finding("note", subject, observed, advice)
    return Finding("ok", subject, observed)


def sandbox() -> Finding:
    """man 7 namespaces. The helper tries what the system allows, and one run is made."""
    from ipclab.sandbox import SandboxError
    from ipclab.sandbox.containment import Containment
    from ipclab.sandbox.run import HelperProcess

    try:
        helper = HelperProcess()
        try:
            mode = Containment[helper.containment]
            value = helper.run(divmod, (7, 2), 10.0, False, ()).value
        finally:
            helper.close()
    except (OSError, SandboxError) as error:
        return Finding("lacks", "sandbox", str(error), REPORT)
    if value != (3, 1):
        return Finding("lacks", "sandbox", f"a run of divmod(7, 2) came back with {value}", REPORT)
    if mode.has_namespaces:
        return Finding("ok", "sandbox", f"solutions run in {mode.value}")
    observed = f"no namespaces are allowed here; a weaker containment is in force: {mode.value}"
    return Finding("note", "sandbox", observed, _namespace_advice())


def _namespace_advice() -> str:
    """What keeps this user from making namespaces, as far as the system tells."""
    general = "Everything works, but what a solution leaves behind is counted less exactly."
    for setting, refusing, permitting in (
        ("user/max_user_namespaces", "0", "15000"),
        ("kernel/unprivileged_userns_clone", "0", "1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ):
        path = Path("/proc/sys", setting)
        if path.exists() and path.read_text().strip() == refusing:
            command = f"sudo sysctl -w {setting.replace('/', '.')}={permitting}"
            return f"{general}\nAn administrator can allow them: {command}"
    return f"{general}\nIn Docker: docker run --security-opt seccomp=unconfined"


def pipes() -> Finding:
    """man 7 pipe: what a new pipe gets, and the limits in /proc/sys/fs for this user."""
    with _pipe() as (_, write_fd):
        capacity = fcntl.fcntl(write_fd, fcntl.F_GETPIPE_SZ)
    largest, soft, hard = (
        int(Path("/proc/sys/fs", name).read_text())
        for name in ("pipe-max-size", "pipe-user-pages-soft", "pipe-user-pages-hard")
    )
    limits = f"at most {largest:,} bytes; pages of this user: {soft or 'any number'}"
    observed = (
        f"a new one holds {capacity:,} bytes, {limits}{f', never over {hard}' if hard else ''}"
    )
    if capacity < DEFAULT_CAPACITY * os.sysconf("SC_PAGE_SIZE"):
        advice = "Your pipes have used up the pages of this user: close programs that hold many."
        return Finding("note", "pipes", observed, advice)
    if largest < MIB:
        advice = (
            "Exercise 9 shows pipes up to 1 MiB; larger ones than the limit are left out.\n"
            "An administrator can raise it: sudo sysctl -w fs.pipe-max-size=1048576"
        )
        return Finding("note", "pipes", observed, advice)
    return Finding("ok", "pipes", observed)


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    read_fd, write_fd = os.pipe()
    try:
        yield read_fd, write_fd
    finally:
        os.close(read_fd)
        os.close(write_fd)


def _program(subject: str, names: tuple[str, ...], purpose: str) -> Finding:
    """Is one of these on the PATH? The course itself needs none of them."""
    if found := next(filter(None, map(shutil.which, names)), None):
        return Finding("ok", subject, found)
    advice = f"{purpose} On Debian and Ubuntu: sudo apt-get install {names[0]}"
    return Finding("note", subject, "not installed", advice)


def strace() -> Finding:
    return _program("strace", ("strace",), "run(…, trace=True) records system calls with it.")


def chromium() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome")
    return _program("Chromium", names, "Only the tests of `make test` use it.")


CHECKS: tuple[Callable[[], Finding], ...] = (
    *(python, packages, kernel, container, working_folder, shared_memory, semaphores),
    *(processes, sandbox, pipes, strace, chromium),
)

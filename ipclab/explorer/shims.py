"""The modules that a simulated process gets instead of the real ones: posix_ipc, time, os, random."""

from __future__ import annotations

import fcntl
import os
import random
import sys
import time
import types
from functools import cache, partial
from typing import Any

import posix_ipc

from .events import Unmodelled
from .semaphores import Busy, KernelSemaphore, _find_line, _step, new_semaphore
from .world import World

_FIRST_PID = 1000
_TICK = 0.001  # seconds that pass with every look at the clock


def _world() -> World:
    if World.current is None:
        raise RuntimeError("a simulated object was used outside a run")
    return World.current


class Semaphore:
    """As posix_ipc.Semaphore."""

    def __init__(
        self, name: str | None, flags: int = 0, mode: int = 0o600, initial_value: int = 0
    ) -> None:
        names = _world().semaphore_names
        if name is None:
            name = f"/semaphore-{len(_world().semaphores)}"
        if flags & os.O_EXCL and flags & os.O_CREAT and name in names:
            raise posix_ipc.ExistentialError(f"A semaphore with the name {name} already exists")
        if name not in names:
            if not flags & os.O_CREAT:
                raise posix_ipc.ExistentialError(f"No semaphore exists with the name {name}")
            names[name] = new_semaphore(_world(), name, initial_value)
        self._open(name, names[name], mode)

    def _open(self, name: str, kernel: KernelSemaphore, mode: int) -> None:
        self.name = name
        self.mode = mode
        self._kernel: KernelSemaphore | None = kernel

    @classmethod
    def of(cls, kernel: KernelSemaphore) -> Semaphore:
        made = cls.__new__(cls)
        made._open(kernel.name, kernel, 0o600)
        return made

    def _opened(self) -> KernelSemaphore:
        if self._kernel is None:
            raise posix_ipc.ExistentialError("The semaphore has been closed")
        return self._kernel

    @_step
    def acquire(self, timeout: float | None = None) -> None:
        try:
            self._opened().acquire(timeout)
        except Busy:
            raise posix_ipc.BusyError("Semaphore is busy") from None

    @_step
    def release(self) -> None:
        self._opened().release()

    @property
    def value(self) -> int:
        return self._opened().look()

    def close(self) -> None:
        self._opened()
        self._kernel = None

    def unlink(self) -> None:
        unlink_semaphore(self.name)

    def __enter__(self) -> Semaphore:
        _find_line()
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        _find_line()
        self.release()

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f'posix_ipc.Semaphore("{self.name}", mode={self.mode:o})'


class SharedMemory:
    """As posix_ipc.SharedMemory: a name for bytes, and a descriptor to map them by."""

    def __init__(
        self,
        name: str | None,
        flags: int = 0,
        mode: int = 0o600,
        size: int = 0,
        read_only: bool = False,
    ) -> None:
        world = _world()
        if name is None:
            name = f"/memory-{len(world.memory.regions)}"
        names = world.memory_names
        if flags & os.O_EXCL and flags & os.O_CREAT and name in names:
            raise posix_ipc.ExistentialError(f"Shared memory with the name {name} already exists")
        if name not in names:
            if not flags & os.O_CREAT:
                raise posix_ipc.ExistentialError(f"No shared memory exists with the name {name}")
            names[name] = world.memory.region(name)
        region = world.memory.regions[names[name]]
        self.name, self.mode = name, mode
        self.fd = os.dup(region.fd)
        world.memory.descriptors.append(self.fd)
        if size:
            os.ftruncate(self.fd, size)

    @property
    def size(self) -> int:
        return os.fstat(self.fd).st_size

    def fileno(self) -> int:
        return self.fd

    def close_fd(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            _world().memory.descriptors.remove(self.fd)
            self.fd = -1

    def unlink(self) -> None:
        unlink_shared_memory(self.name)


def unlink_semaphore(name: str) -> None:
    if _world().semaphore_names.pop(name, None) is None:
        raise posix_ipc.ExistentialError(f"No semaphore exists with the name {name}")


def unlink_shared_memory(name: str) -> None:
    if _world().memory_names.pop(name, None) is None:
        raise posix_ipc.ExistentialError(f"No shared memory exists with the name {name}")


def now() -> float:
    """The clock of the running process: it moves as that looks at it, or sleeps."""
    process = _world().running
    if process is None:
        return 1_000_000.0
    process.clock += _TICK
    process.clock_reads += 1
    return process.clock


def now_ns() -> int:
    return int(now() * 1e9)


def sleep(seconds: float) -> None:
    """Guarantees nothing about others: only the process's own clock moves."""
    process = _world().running
    if process is not None:
        process.clock += max(0.0, seconds)


def sched_yield() -> None:
    """Guarantees nothing about others."""


sleep.explorer_step = sched_yield.explorer_step = True  # type: ignore[attr-defined]


def getpid() -> int:
    process = _world().running
    return _FIRST_PID + (process.number if process else 0)


def _refuse(what: str, why: str, *_: Any, **__: Any) -> Any:
    raise Unmodelled(f"{what} is not simulated: {why}")


_STARTS = "the explorer starts the processes itself"
_FILES = "the simulated processes share one table of open files"
_LOOPS = "the simulated processes share one thread, which has room for one event loop"


def _reader(name: str, function: Any) -> Any:
    """As os.read and its like, but not of shared memory: that would be a step that nobody sees."""

    def read(fd: Any, *arguments: Any) -> Any:
        world = World.current
        if world and world.running and world.memory.of_descriptor(fd) is not None:
            raise Unmodelled(f"os.{name} of shared memory is not simulated: map it")
        return function(fd, *arguments)

    return read


def _copy(module: types.ModuleType, **replaced: Any) -> types.ModuleType:
    made = types.ModuleType(module.__name__, module.__doc__)
    made.__dict__.update(module.__dict__)
    made.__dict__.update(replaced)
    return made


@cache
def modules() -> dict[str, types.ModuleType]:
    """The replacements, by name."""
    clocks = dict.fromkeys(("time", "monotonic", "perf_counter", "process_time"), now)
    clocks_ns = {f"{name}_ns": now_ns for name in clocks}
    processes = (
        "fork",
        "forkpty",
        "posix_spawn",
        "system",
        "kill",
        "_exit",
        "abort",
        "wait",
        "waitpid",
    )
    return {
        "posix_ipc": _copy(
            posix_ipc,
            Semaphore=Semaphore,
            SharedMemory=SharedMemory,
            unlink_semaphore=unlink_semaphore,
            unlink_shared_memory=unlink_shared_memory,
            MessageQueue=partial(_refuse, "posix_ipc.MessageQueue", "its messages are nowhere in memory"),
        ),
        "fcntl": _copy(
            fcntl,
            flock=partial(_refuse, "fcntl.flock", _FILES),
            lockf=partial(_refuse, "fcntl.lockf", _FILES),
        ),
        "time": _copy(time, sleep=sleep, **clocks, **clocks_ns),
        "os": _copy(
            os, getpid=getpid, sched_yield=sched_yield,
            **{f"{name}": partial(_refuse, f"os.{name}", _STARTS) for name in processes},
            **{name: _reader(name, getattr(os, name)) for name in ("read", "pread", "readv", "preadv")},
        ),
    }  # fmt: skip


def _event_loops() -> dict[str, types.ModuleType]:
    """The replacement of asyncio, which takes long to import: nothing unless the program has done so."""
    if (asyncio := sys.modules.get("asyncio")) is None:
        return {}
    names = ("run", "Runner", "new_event_loop", "get_event_loop", "SelectorEventLoop")
    return {
        "asyncio": _copy(asyncio, **{n: partial(_refuse, f"asyncio.{n}", _LOOPS) for n in names})
    }


def replacements() -> dict[int, Any]:
    """The same by the id of what they replace: modules, and functions imported from them."""
    return _replacements("asyncio" in sys.modules)


@cache
def _replacements(has_asyncio: bool) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for name, module in (modules() | _event_loops()).items():
        real = sys.modules[name]
        found[id(real)] = module
        for key, value in vars(module).items():
            original = vars(real).get(key)
            if original is not value and original is not None:
                found[id(original)] = value
    found[id(random)] = None  # made anew for each process
    return found


def private_random() -> types.ModuleType:
    """The module random, with a generator of the process's own that begins alike in each run."""
    generator = random.Random(0)
    functions = {
        name: getattr(generator, name)
        for name, value in vars(random).items()
        if isinstance(getattr(value, "__self__", None), random.Random)
    }
    return _copy(random, **functions)

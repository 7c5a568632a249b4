"""What happens in memory that is mapped? System calls in, plain data out.

Files are made in the folder for temporary files, whatever file system that is.
"""

from __future__ import annotations

import mmap
import os
import random
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAGE = mmap.PAGESIZE
SIZE = 16 << 20  # bytes of the mappings on which faults are counted
ROUNDS = 5
TEXT = b"hello, file\n"
_MAP_POPULATE = 0x8000  # man 2 mmap; Python 3.11 has it under its name on most systems only


@contextmanager
def _file(size: int, content: bytes = b"", folder: str | None = None) -> Iterator[int]:
    """The descriptor of a file without a name, `size` bytes of it written; man 2 unlink."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(content.ljust(size, b"."))
        yield file.fileno()


def as_an_array(private: bool) -> tuple[str, str, str]:
    """What `cat` prints before a store and after it, and what the mapping itself holds then."""
    flags = mmap.MAP_PRIVATE if private else mmap.MAP_SHARED
    with tempfile.NamedTemporaryFile() as file:
        file.write(TEXT)
        file.flush()
        before = _cat(file.name)
        with mmap.mmap(file.fileno(), 0, flags) as memory:
            memory[0:5] = b"HELLO"
            return before, _cat(file.name), memory[:].decode().rstrip()


def _cat(name: str) -> str:
    return (
        subprocess.run(["cat", name], stdout=subprocess.PIPE, check=True).stdout.decode().rstrip()
    )


def across_fork(flags: int) -> int:
    """A child stores 7 into anonymous memory that holds 0; what does its parent find there?"""
    with mmap.mmap(-1, PAGE, flags | mmap.MAP_ANONYMOUS) as memory:
        pid = os.fork()
        if pid == 0:
            memory[0] = 7
            os._exit(0)
        os.waitpid(pid, 0)
        return memory[0]


def survives_a_kill() -> str:
    """What does `read` find of a store whose process was killed at once, without any msync?"""
    with _file(len(TEXT), TEXT) as fd:
        pid = os.fork()
        if pid == 0:
            memory = mmap.mmap(fd, 0)
            memory[0:5] = b"HELLO"
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(pid, 0)
        return os.pread(fd, 100, 0).decode().rstrip()


def past_the_end(page: int) -> int:
    """A mapping of two pages, whose file is cut to half a page: the last byte of this page."""
    with _file(2 * PAGE) as fd, mmap.mmap(fd, 2 * PAGE) as memory:
        os.truncate(fd, PAGE // 2)
        return memory[(page + 1) * PAGE - 1]


def faults(kind: str) -> list[tuple[int, int, float, float]]:
    """For each round: minor faults of two passes over fresh pages, then nanoseconds a page of both."""
    return [_two_passes(kind) for _ in range(ROUNDS)]


def _two_passes(kind: str) -> tuple[int, int, float, float]:
    if kind.startswith("file"):
        folder = "/dev/shm" if kind.endswith("/dev/shm") else None
        with _file(SIZE, folder=folder) as fd, mmap.mmap(fd, SIZE) as memory:
            return _passes(memory)
    populate = _MAP_POPULATE if kind.endswith("MAP_POPULATE") else 0
    with mmap.mmap(-1, SIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | populate) as memory:
        advice = mmap.MADV_HUGEPAGE if kind.endswith("MADV_HUGEPAGE") else mmap.MADV_NOHUGEPAGE
        try:
            memory.madvise(advice)
        except OSError:  # EINVAL: a kernel without huge pages has none to leave out
            pass
        return _passes(memory)


def _passes(memory: mmap.mmap) -> tuple[int, int, float, float]:
    with mmap.mmap(-1, PAGE) as warm:
        _pass(warm)  # whatever the code itself touches first is touched now
    (first, took_first), (second, took_second) = _pass(memory), _pass(memory)
    pages = len(memory) // PAGE
    return first, second, took_first / pages, took_second / pages


def _pass(memory: mmap.mmap) -> tuple[int, int]:
    """Load one byte of each page: minor faults, nanoseconds."""
    places = range(0, len(memory), PAGE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    started = time.perf_counter_ns()
    for at in places:
        memory[at]
    took = time.perf_counter_ns() - started
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before, took


def against_read(places: list[int], size: int) -> list[tuple[float, float]]:
    """Loads of `size` bytes each, in these places of a file: pairs of (pread, mmap) in microseconds.

    Each time the file is mapped anew, and unmapped; it is in memory all the time.
    """
    with _file(SIZE) as fd:
        _loads_mapped(fd, places[:10], size)
        return [_pair(fd, places, size, number) for number in range(ROUNDS + 2)]


def _pair(fd: int, places: list[int], size: int, number: int) -> tuple[float, float]:
    """Both ways, one after the other; which comes first changes from round to round."""
    ways = [_loads_read, _loads_mapped]
    took = {way: _timed(way, fd, places, size) for way in (ways if number % 2 else ways[::-1])}
    return took[_loads_read], took[_loads_mapped]


def _timed(
    way: Callable[[int, list[int], int], None], fd: int, places: list[int], size: int
) -> float:
    started = time.perf_counter_ns()
    way(fd, places, size)
    return (time.perf_counter_ns() - started) / 1000


def _loads_read(fd: int, places: list[int], size: int) -> None:
    for at in places:
        os.pread(fd, size, at)


def _loads_mapped(fd: int, places: list[int], size: int) -> None:
    with mmap.mmap(fd, 0, prot=mmap.PROT_READ) as memory:
        for at in places:
            memory[at : at + size]


def some_places(count: int) -> list[int]:
    """Places of 8 bytes in the file, in no order."""
    dice = random.Random(10)
    return [dice.randrange(SIZE - 8) for _ in range(count)]


def in_order(count: int, size: int) -> list[int]:
    """The first places of the file, one behind the other."""
    return [size * number for number in range(min(count, SIZE // size))]

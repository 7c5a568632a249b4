"""What happens between two processes when the writer is faster than the reader?

Measurements for notebook 9: each starts a writer, reads what it writes, reaps it, and returns plain
data. Times are seconds of CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import os
import struct
import time
from fcntl import F_GETPIPE_SZ, F_SETPIPE_SZ, fcntl

from ipclab.experiments.pipe_filling import resize
from ipclab.ipc.pipes import Pipe, PipeEnd, read_until_eof, write_all
from ipclab.ipc.processes import reap, spawn

Call = tuple[float, float, int]  # when it began, when it returned, bytes in total since the start
CALL = struct.Struct("ddQ")


def slow_reader(chunk_size: int, beyond: int, pace: float) -> tuple[int, list[Call], list[Call]]:
    """Who gets how far when the reader takes one chunk every `pace` seconds?

    The writer writes the pipe's capacity and `beyond` bytes more, chunk after chunk, as fast as it
    may. Returns the capacity in bytes, the writer's calls and the reader's.
    """
    with Pipe() as pipe, Pipe() as log:
        capacity = fcntl(pipe.write_end, F_GETPIPE_SZ)
        pid = spawn(write_and_log, pipe, log, chunk_size, (capacity + beyond) // chunk_size)
        pipe.write_end.close()
        log.write_end.close()
        reads = paced_reads(pipe.read_end, chunk_size, beyond, pace)
        writes = list(CALL.iter_unpack(read_until_eof(log.read_end.fd)))
        must_have_succeeded(pid)
        return capacity, writes, reads


def write_and_log(pipe: Pipe, log: Pipe, chunk_size: int, count: int) -> None:
    """The writer: `count` chunks of at most PIPE_BUF bytes, so that no write is partial."""
    pipe.read_end.close()
    log.read_end.close()
    chunk = bytes(chunk_size)
    calls, total = [], 0
    for _ in range(count):
        began = time.monotonic()
        total += os.write(pipe.write_end.fd, chunk)
        calls.append((began, time.monotonic(), total))
    # The reader turns to the log at the pipe's end of file, so that must come first.
    pipe.write_end.close()
    write_all(log.write_end.fd, b"".join(CALL.pack(*call) for call in calls))


def paced_reads(read_end: PipeEnd, chunk_size: int, paced_bytes: int, pace: float) -> list[Call]:
    """A chunk every `pace` seconds for `paced_bytes`; then all there is, until end of file."""
    calls: list[Call] = []
    total = 0
    due = time.monotonic()
    while True:
        size = chunk_size if total < paced_bytes else 1 << 16
        if total < paced_bytes:
            due += pace
            time.sleep(max(0.0, due - time.monotonic()))  # the slowness is what is studied here
        began = time.monotonic()
        data = os.read(read_end.fd, size)
        if not data:
            return calls
        total += len(data)
        calls.append((began, time.monotonic(), total))


def transfer_rates(
    capacities: list[int], chunk_sizes: list[int], rounds: int, seconds: float
) -> list[tuple[int, int, list[float]]]:
    """How many bytes a second pass, by the pipe's capacity and by the writer's chunk size?

    Returns (capacity, chunk size, one rate for each round), without the capacities that this user
    may not have. Every round visits all combinations, so that a disturbance of the machine falls on
    all of them alike.
    """
    rates: dict[tuple[int, int], list[float]] = {
        (capacity, chunk_size): []
        for capacity in filter(may_have, capacities)
        for chunk_size in chunk_sizes
    }
    for _ in range(rounds):
        for (capacity, chunk_size), measured in rates.items():
            measured.append(transfer_rate(capacity, chunk_size, seconds))
    return [(capacity, chunk_size, measured) for (capacity, chunk_size), measured in rates.items()]


def may_have(capacity: int) -> bool:
    """Is this user allowed a pipe of `capacity` bytes?"""
    with Pipe() as pipe:
        return resize(pipe.write_end.fd, capacity) == capacity


def transfer_rate(capacity: int, chunk_size: int, seconds: float) -> float:
    """Bytes a second from a writer, at work for `seconds`, to a reader who takes all there is."""
    with Pipe() as pipe:
        fcntl(pipe.write_end, F_SETPIPE_SZ, capacity)
        began = time.monotonic()
        pid = spawn(write_for_a_while, pipe, chunk_size, seconds)
        pipe.write_end.close()
        total = discard_until_eof(pipe.read_end)
        elapsed = time.monotonic() - began
        must_have_succeeded(pid)
        return total / elapsed


def write_for_a_while(pipe: Pipe, chunk_size: int, seconds: float) -> None:
    """The writer: chunk after chunk, asking the clock every 64 KiB only."""
    pipe.read_end.close()
    chunk = bytes(chunk_size)
    burst = range(max(1, (1 << 16) // chunk_size))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for _ in burst:
            os.write(pipe.write_end.fd, chunk)


def discard_until_eof(read_end: PipeEnd) -> int:
    """Reads everything into one buffer, over and over. Returns the number of bytes."""
    buffer = bytearray(1 << 20)
    total = 0
    while count := os.readv(read_end.fd, [buffer]):
        total += count
    return total


def must_have_succeeded(pid: int) -> None:
    """Reaps the writer. Raises ChildProcessError when it failed."""
    status = reap(pid)
    if status != 0:
        raise ChildProcessError(f"the writer (pid {pid}) ended with exit status {status}")

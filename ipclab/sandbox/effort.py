"""How much of a processor does a process take, also on a machine that is busy?

The kernel counts, for each thread, the time for which it ran, and the time for which it could have run and
others did. man 5 proc; in the kernel's documentation, "Scheduler Statistics".
"""

from __future__ import annotations

import os
import time
from typing import NamedTuple


class Effort(NamedTuple):
    """What a process has done so far, in seconds: man 5 proc, /proc/PID/schedstat."""

    at: float
    running: float  # all of its threads
    kept_waiting: float  # it could have run, and others did

    @classmethod
    def of(cls, pid: int) -> Effort:
        threads = [f"/proc/{pid}/task/{each}" for each in os.listdir(f"/proc/{pid}/task")]
        stats = [_numbers(f"{each}/schedstat") for each in threads]
        if not any(each[0] for each in stats):
            return cls(time.monotonic(), _ticks(pid), 0.0)
        running, kept_waiting = sum(each[0] for each in stats), stats[0][1]
        return cls(time.monotonic(), running / 1e9, kept_waiting / 1e9)

    @classmethod
    def of_this_thread(cls) -> Effort:
        """More exact than from outside: what it waits for at that moment is not counted yet."""
        kept_waiting = _numbers("/proc/thread-self/schedstat")[1]
        return cls(time.monotonic(), time.thread_time(), kept_waiting / 1e9)

    def lasted(self, now: Effort) -> float:
        """Seconds since then, without those for which it was kept waiting."""
        return now.at - self.at - (now.kept_waiting - self.kept_waiting)

    def share(self, now: Effort) -> float:
        """The share of a processor that it took since then, of the time in which it had one to take.

        On a busy machine that is what it would take on an idle one.
        """
        return min(1.0, (now.running - self.running) / max(self.lasted(now), 0.01))


def _numbers(path: str) -> list[int]:
    """Those of a file; of one that has gone, or that this kernel lacks, zeroes."""
    try:
        with open(path) as file:
            return [int(each) for each in file.read().split()]
    except OSError:
        return [0, 0, 0]


def _ticks(pid: int) -> float:
    """The same from a coarser clock, where the kernel keeps no such statistics (man 5 proc_pid_stat)."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

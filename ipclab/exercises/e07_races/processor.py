"""How busy is a process, on a machine that may be busy, too?"""

from __future__ import annotations

import os

CpuTimes = dict[str, tuple[float, float]]  # of each thread


def busiest(then: CpuTimes, now: CpuTimes, elapsed: float) -> float:
    """The share of a processor that the busiest thread used, of the time for which it did not queue for one."""
    shares = []
    for thread, (run, queued) in now.items():
        run_then, queued_then = then.get(thread, (0.0, 0.0))
        used = run - run_then
        shares.append(used / max(used, elapsed - (queued - queued_then), 1e-9))
    return max(shares, default=0.0)


def cpu_times(pid: int) -> CpuTimes:
    """Seconds for which each thread has run, and queued for a processor (Linux, scheduler/sched-stats)."""
    found = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                run, queued, _ = file.read().split()
            found[thread] = int(run) / 1e9, int(queued) / 1e9
        except (FileNotFoundError, ProcessLookupError):  # ended meanwhile, or a kernel without it
            found |= _ticks(pid, thread)
    return found


def _ticks(pid: int, thread: str) -> CpuTimes:
    """The same, less exact and without the queueing (man 5 proc_pid_stat: utime, stime)."""
    try:
        with open(f"/proc/{pid}/task/{thread}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {thread: ((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), 0.0)}

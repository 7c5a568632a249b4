"""What is each process of a run called? By its place in the family, as a learner would say it."""

from __future__ import annotations

from collections.abc import Mapping

GENERATIONS = ("parent", "child", "grandchild", "great-grandchild")
_UNKNOWN = len(GENERATIONS)


def name_processes(first: int, parents: Mapping[int, int]) -> dict[int, str]:
    """Names for the first process and everything that it brought forth, numbered by process id.

    `parents` maps each process to the one that forked it. A process whose origin is not known (its
    parent had gone when it was first seen) is an orphan.
    """
    levels = {pid: _generation(pid, first, parents) for pid in {first, *parents}}
    names = {}
    for level in sorted(set(levels.values())):
        members = sorted(pid for pid in levels if levels[pid] == level)
        title = "orphan" if level == _UNKNOWN else GENERATIONS[level]
        for number, pid in enumerate(members, 1):
            names[pid] = title if len(members) == 1 else f"{title} {number}"
    return names


def _generation(pid: int, first: int, parents: Mapping[int, int]) -> int:
    """How many forks lead from the first process to this one."""
    forks = 0
    while pid != first:
        if pid not in parents or forks > len(parents):
            return _UNKNOWN
        pid, forks = parents[pid], forks + 1
    return min(forks, len(GENERATIONS) - 1)

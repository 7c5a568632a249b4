"""What is each process of a run called? By its place in the family, as a learner would say it."""

from __future__ import annotations

from collections.abc import Mapping

GENERATIONS = ("parent", "child", "grandchild", "great-grandchild")
_UNKNOWN = len(GENERATIONS)


def name_processes(first: int, parents: Mapping[int, int]) -> dict[int, str]:
    """Names for the first process and everything that it brought forth, in the order of their birth.

    `parents` maps each process to the one that forked it, oldest first. A process whose origin is
    not known (its parent had gone when it was first seen) is an orphan.
    """
    depth = {first: 0}
    for pid, parent in parents.items():
        if pid != first:
            depth[pid] = (
                min(depth[parent] + 1, len(GENERATIONS) - 1) if parent in depth else _UNKNOWN
            )
    names = {}
    for level in sorted(set(depth.values())):
        members = [pid for pid in depth if depth[pid] == level]
        title = "orphan" if level == _UNKNOWN else GENERATIONS[level]
        for number, pid in enumerate(members, 1):
            names[pid] = title if len(members) == 1 else f"{title} {number}"
    return names

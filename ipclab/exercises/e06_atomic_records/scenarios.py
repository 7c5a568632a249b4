"""What happens in the sandbox when exercise 6 is checked: writers, a pipe, a receiver.

Each scenario returns a verdict: a diagnosis, or "" when all was right, and what was observed.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
from types import SimpleNamespace
from typing import Any

from . import judging
from .collecting import Accident, Collected, Job, collect, joins_writes
from .delivering import Delivered, deliver
from .judging import Verdict

LAST_SENDER = 2**63 - 1
PIPE_BUF = 4096  # Linux's; the sizes below stand around it, nothing depends on it
FIRST = "the records of one writer arrive"  # the requirement that one_by_one decides
SMALL = [b"one", b"and two\n\n", bytes(range(40)), b"0" * 17]


def one_by_one(functions: SimpleNamespace, sender: int) -> dict[str, Any]:
    """One writer, small records, each received before the next is sent."""
    pieces = []
    for record in SMALL:
        collected = collect(functions.send_record, [(sender, [record])])
        if trouble := judging.of_writers(collected, "A small record"):
            return {"records": trouble, "ended": True, "late": 0}
        pieces.append(b"".join(collected.packets))
    delivered = deliver(functions.receive_records, pieces, range(1, len(pieces) + 1))
    what = "Small records, one at a time"
    late = next((n for n, count in enumerate(delivered.counts, 1) if count < n), 0)
    records = judging.of_records([(sender, SMALL)], delivered, what)
    return {"records": records or ("", what), "ended": delivered.ended, "late": late}


def cut_elsewhere(functions: SimpleNamespace, sender: int) -> Verdict:
    """The same bytes write by write, all at once, and one at a time: only the reads differ."""
    what = f"The small records of '{FIRST}', from one process"
    collected = collect(functions.send_record, [(sender, SMALL)])
    if trouble := judging.of_writers(collected, what):
        return trouble
    stream = b"".join(collected.packets)
    cuts = {"write by write": collected.packets, "all at once": [stream]}
    cuts |= {"in two": [stream[:5], stream[5:]], "byte by byte": [bytes([one]) for one in stream]}
    found: dict[str, Verdict | None] = {}
    for name, pieces in cuts.items():
        # Each piece is awaited alone: the receiver sees just these cuts.
        delivered = _deliver_apart(functions, pieces)
        found[name] = judging.of_records([(sender, SMALL)], delivered, what)
        if len(set(found.values())) > 1:  # then it depends on the reads
            cut, verdict = next((cut, bad) for cut, bad in found.items() if bad)
            return "partial-read", f"{verdict[1]} (The receiver met these bytes {cut}.)"
    same = found["write by write"]
    return same or ("", f"The records of '{FIRST}' were right however the reads cut their bytes.")


def empty_records(functions: SimpleNamespace, sender: int) -> Verdict:
    """Records of no bytes: first, in the middle, last."""
    records = [b"", b"between", b"", b"", b"last but one", b""]
    return _alone(functions, [(sender, records)], "Empty records", {"wrong-result": "lost-item"})


def sizes(functions: SimpleNamespace, seed: int) -> Verdict:
    """One writer at a time: every size around PIPE_BUF, up to 1 MiB, and every kind of sender."""
    draw = random.Random(seed)
    around = [PIPE_BUF + step for step in (-64, -32, -24, -17, -16, -13, -12, -9, -8, -1, 0, 1)]
    lengths = [1, 2, 255, 256, *around, 2 * PIPE_BUF, 65_536, 1 << 20, draw.randrange(9000)]
    own_frame = _stream(functions, [(3, [b"inside"])])
    special = [own_frame, own_frame[:9] * 40, b"\n" * 500, b"\0" * 500, b"1:2,{}" * 900]
    jobs = [(0, [draw.randbytes(length) for length in lengths]), (LAST_SENDER, special)]
    jobs += [(sender, [b"a", b"bb"]) for sender in (1, 255, 256, 2**31, 2**32, 2**62 + 1)]
    for job in jobs:
        if verdict := _one_large(functions, job):
            return verdict
    return "", f"Records of 1 to {1 << 20:,} bytes and senders from 0 to 2**63 - 1 arrived."


def _one_large(functions: SimpleNamespace, job: Job) -> Verdict | None:
    what = "One writer at a time"
    collected = collect(functions.send_record, [job], packets=False)
    if trouble := judging.of_writers(collected, what):
        return trouble
    if sum(map(len, collected.packets)) < sum(map(len, job[1])):
        return (
            "partial-write",
            f"{what}, sender {job[0]}: fewer bytes were written than the records have.",
        )
    delivered = _deliver(functions, collected, [job])
    verdict = judging.of_records([job], delivered, what)
    in_step = delivered.records[-1:] == [(job[0], job[1][-1])]  # then no read lost its place
    if verdict and verdict[0] in ("lost-item", "exception") and len(job[1]) > 5 and not in_step:
        return "partial-read", verdict[1]
    return verdict


def together(functions: SimpleNamespace, seed: int) -> Verdict:
    """Writers that take turns in a pipe with room for one write."""
    draw = random.Random(seed)
    jobs: list[Job] = []
    for sender in (0, 256, draw.randrange(1, 999) << 32, LAST_SENDER):
        lengths = [10, 5 * PIPE_BUF, PIPE_BUF + 1, 0, 40, 2 * PIPE_BUF - 5, draw.randrange(1, 99)]
        jobs.append((sender, [draw.randbytes(length) for length in lengths]))
    return _together(functions, jobs, "Four writers in turn")


def many(functions: SimpleNamespace, seed: int) -> Verdict:
    """A dozen writers of two records each."""
    draw = random.Random(seed)
    jobs = [(7 * n, [draw.randbytes(PIPE_BUF + n), draw.randbytes(n)]) for n in range(12)]
    return _together(functions, jobs, "Twelve writers")


def stopped(functions: SimpleNamespace, seed: int) -> Verdict:
    """A writer is stopped in mid-record; others send meanwhile; then it goes on."""
    draw = random.Random(seed)
    jobs = [(sender, [b"early", draw.randbytes(9 * PIPE_BUF), b"end"]) for sender in (8, 9, 10)]
    what = "A writer was stopped in mid-record"
    return _together(functions, jobs, what, Accident(signal.SIGSTOP, 3))


def killed(functions: SimpleNamespace, seed: int) -> Verdict:
    """A writer is killed in mid-record: nothing of that record, and everything of the others."""
    # After an even and an odd number of writes: two for one frame are caught between them.
    return next((bad for after in (4, 5) if (bad := _killed(functions, seed, after))[0]), _SURVIVED)


_SURVIVED = (
    "",
    "A writer was killed in mid-record: the others' records arrived, nothing of that one.",
)


def _killed(functions: SimpleNamespace, seed: int, after: int) -> Verdict:
    draw = random.Random(seed)
    victim = (8, [b"early", draw.randbytes(12 * PIPE_BUF)])
    others: list[Job] = [(n, [draw.randbytes(3 * PIPE_BUF), b"x"]) for n in (9, 10)]
    what = "A writer was killed in mid-record"
    collected = collect(functions.send_record, [victim, *others], Accident(signal.SIGKILL, after))
    if trouble := judging.of_writers(collected, what):
        return trouble
    delivered = _deliver(functions, collected, [(8, [b"early"]), *others])
    if verdict := judging.of_records([(8, [b"early"]), *others], delivered, what):
        of_victim = [record for sender, record in delivered.records if sender == 8]
        if len(of_victim) > 1 and victim[1][1].startswith(of_victim[1]):
            return (
                "partial-read",
                f"{what}: {judging.in_bytes(len(of_victim[1]))} of it came out as a record.",
            )
        kept = verdict[0] if verdict[0] == "exception" else "interleaved-records"
        return kept, verdict[1]
    return _SURVIVED


def smaller_limit(functions: SimpleNamespace, limit: int) -> Verdict:
    """os.fpathconf names another PIPE_BUF: no write may be longer."""
    joined = joins_writes(functions.send_record)
    for size in (limit - 1, limit, limit + 1, 5000):
        collected = collect(functions.send_record, [(5, [bytes(size)])])
        what = f"Where PIPE_BUF is {limit:,}, a record of {judging.in_bytes(size)}"
        if trouble := judging.of_writers(collected, what):
            return trouble
        longest = max(map(len, collected.packets), default=0)
        if longest > limit and not joined:
            return "interleaved-records", f"{what} went out in a write of {longest:,} bytes."
        delivered = _deliver(functions, collected, [(5, [bytes(size)])])
        if verdict := judging.of_records([(5, [bytes(size)])], delivered, what):
            return verdict
    if joined:
        return "unmeasured", _JOINED
    return "", f"No write was longer than PIPE_BUF, also where that is {limit:,}."


_JOINED = (
    "send_record writes through a file description of its own, or with other status flags: there the"
    " kernel joins short writes, and their lengths cannot be seen"
)


def patch_fpathconf(limit: int) -> None:
    """Before the solution is loaded: it may ask once, and have the function under any name."""
    current = os.fpathconf

    def fpathconf(fd: int, name: str | int, /) -> int:
        asked = name in ("PC_PIPE_BUF", os.pathconf_names["PC_PIPE_BUF"])
        return limit if asked else current(fd, name)

    os.fpathconf = fpathconf


def two_pipes(functions: SimpleNamespace, seed: int) -> Verdict:
    """Two receivers in one process, by turns, for the same sender; then a third, given up early."""
    draw = random.Random(seed)
    first, second = [draw.randbytes(9000), b"a"], [draw.randbytes(9001), b"b"]
    streams = [_stream(functions, [(4, records)]) for records in (first, second)]
    half = [stream[: len(stream) // 2] for stream in streams]
    what = "Two pipes in one process"

    def both(fd: int) -> Any:
        third, write_fd = os.pipe()
        os.write(write_fd, streams[0][:5000] if len(streams[0]) > 5000 else half[0])
        other, other_write = os.pipe()
        os.write(other_write, streams[1])
        os.close(other_write)
        os.close(write_fd)
        list(functions.receive_records(third))  # it ends in mid-record
        one, two = functions.receive_records(fd), functions.receive_records(other)
        for ours, theirs in itertools.zip_longest(one, two):
            yield from [ours] if ours else []
            yield from [(theirs[0] + 1, theirs[1])] if theirs else []
        for each in (third, other):
            os.close(each)

    delivered = deliver(both, [streams[0]], [4])
    verdict = judging.of_records([(4, first), (5, second)], delivered, what)
    if verdict:
        return "exception" if delivered.trouble else "interleaved-records", verdict[1]
    return "", f"{what} were kept apart."


def waiting(functions: SimpleNamespace) -> dict[str, Any]:
    """How much does a receiver run while nothing comes for a second, and does it then go on?"""
    job = (2, [b"now wait", bytes(PIPE_BUF + 100)])
    packets = collect(functions.send_record, [job]).packets
    middle = (len(packets) + 1) // 2  # in the second record, between two writes
    pieces = [b"".join(packets[:middle]), b"".join(packets[middle:])]
    delivered = deliver(functions.receive_records, pieces, [1, 2], idle=1.0)
    what = "Nothing was written for a second, and then the rest of a record"
    verdict = judging.of_records([job], delivered, what)
    return {"running": delivered.running, "silence": verdict or ("", f"{what}: it arrived.")}


def _alone(
    functions: SimpleNamespace, jobs: list[Job], what: str, called: dict[str, str]
) -> Verdict:
    collected = collect(functions.send_record, jobs)
    verdict = judging.of_writers(collected, what) or judging.of_records(
        jobs, _deliver(functions, collected, jobs), what
    )
    if verdict:
        return called.get(verdict[0], verdict[0]), verdict[1]
    return "", f"{what} arrived."


def _together(
    functions: SimpleNamespace, jobs: list[Job], what: str, accident: Accident | None = None
) -> Verdict:
    """What was right for one writer at a time goes wrong for several: then they were mixed."""
    collected = collect(functions.send_record, jobs, accident)
    if trouble := judging.of_writers(collected, what):
        return trouble
    delivered = _deliver(functions, collected, jobs)
    wanted = sum(len(records) for _, records in jobs)
    verdict = judging.of_records(jobs, delivered, what)
    if verdict:
        # Out of order is what is whole all the same; a record that was lost to others' bytes is not.
        all_came = {(sender, record) for sender, records in jobs for record in records} <= set(
            delivered.records
        )
        plain = all_came and verdict[0] in ("duplicated-item", "reordered-item")
        return verdict[0] if plain else "interleaved-records", verdict[1]
    if delivered.before_end < wanted:
        return "late", f"{what}: {wanted - delivered.before_end} records came at end of file only."
    return "", f"{what}: {wanted} records, whole and in order."


def _stream(functions: SimpleNamespace, jobs: list[Job]) -> bytes:
    return b"".join(collect(functions.send_record, jobs).packets)


def _deliver(functions: SimpleNamespace, collected: Collected, jobs: list[Job]) -> Delivered:
    # One piece: a pipe's worth at a time is what the receiver finds.
    wanted = sum(len(records) for _, records in jobs)
    return deliver(functions.receive_records, [b"".join(collected.packets)], [wanted])


def _deliver_apart(functions: SimpleNamespace, pieces: list[bytes]) -> Delivered:
    return deliver(functions.receive_records, pieces, [-1] * (len(pieces) - 1) + [len(SMALL)])

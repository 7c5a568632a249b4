"""What is wrong with the records that a receiver yielded?"""

from __future__ import annotations

from collections.abc import Sequence

from .collecting import Collected, Job
from .delivering import Delivered

Verdict = tuple[str, str]  # a diagnosis, or "" for none, and what was observed


def of_writers(collected: Collected, what: str) -> Verdict | None:
    """A writer that raised, changed something, or never came to an end."""
    if collected.troubles:
        diagnosis, _, text = collected.troubles[0].partition("|")
        return diagnosis, f"{what}: {text}"
    if collected.stuck:
        return "hang", f"{what}: for three seconds no writer wrote anything, and none ended."
    return None


def of_records(jobs: Sequence[Job], delivered: Delivered, what: str) -> Verdict | None:
    """The first record that is not what was sent; per sender the order counts, between them none."""
    sent = {sender: list(records) for sender, records in jobs}
    place = dict.fromkeys(sent, 0)
    for sender, record in delivered.records:
        if sender not in sent:
            return "wrong-result", f"{what}: a record came from sender {sender}, who sent none."
        wanted = sent[sender][place[sender] :]
        if not wanted or record != wanted[0]:
            came = [each for of, each in delivered.records if of == sender]
            return _difference(sent[sender], came, place[sender], f"{what}: sender {sender}")
        place[sender] += 1
    missing = {sender: len(sent[sender]) - place[sender] for sender in sent}
    if not any(missing.values()):
        return ("exception", f"{what}: {delivered.trouble}") if delivered.trouble else None
    if delivered.trouble:
        return "exception", f"{what}: {delivered.trouble}"
    sender = next(sender for sender in missing if missing[sender])
    size = len(sent[sender][place[sender]])
    return "lost-item", f"{what}: a record of {in_bytes(size)} from sender {sender} never came out."


def in_bytes(count: int) -> str:
    """A number of bytes, in words."""
    return f"{count:,} byte" if count == 1 else f"{count:,} bytes"


def _difference(sent: list[bytes], came: list[bytes], place: int, what: str) -> Verdict:
    """How the record that came in this place differs from the one that was sent in it."""
    record = came[place]
    if record in sent[place + 1 :]:
        wanted = sent[place]
        size = in_bytes(len(wanted))
        if came.count(wanted) < sent.count(wanted):
            return "lost-item", f"{what}: a record of {size} never came out, but a later one did."
        return "reordered-item", f"{what}: a later record came before the one of {size}."
    if record and record in sent[:place]:
        return "duplicated-item", f"{what}: a record of {in_bytes(len(record))} came out twice."
    if place < len(sent) and sent[place].startswith(record):
        return (
            "partial-read",
            f"{what}: of a record of {in_bytes(len(sent[place]))} the first {len(record):,} came out.",
        )
    wanted_size = f"a record of {in_bytes(len(sent[place]))}" if place < len(sent) else "no more"
    return (
        "wrong-result",
        f"{what} sent {wanted_size}; what came out has {in_bytes(len(record))} and begins with"
        f" {record[:24]!r}.",
    )

"""Exercise 6: many writers share one pipe, and no record is torn."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
from collections.abc import Iterator


def send_record(fd: int, sender: int, record: bytes) -> None:
    """Write one record into a pipe that many writers share."""
    raise NotImplementedError


def receive_records(fd: int) -> Iterator[tuple[int, bytes]]:
    """Yield (sender, record) as soon as each record is complete, until end of file."""
    raise NotImplementedError
'''

SPEC = (
    "Write `send_record(fd, sender, record)` and `receive_records(fd)`. Many writers share one pipe"
    " (blocking ends). Records of 0 bytes to 1 MiB arrive whole, each as soon as it is complete, in order"
    ' for each sender, until end of file. No single write exceeds `os.fpathconf(fd, "PC_PIPE_BUF")`.'
    " Senders are numbers from 0 to 2**63 - 1, and each belongs to one writer. A writer may be stopped in"
    " mid-record for a while; one that dies in mid-record yields nothing for that record. The format is"
    " yours. About 30 lines."
)

HINTS = (
    "What does the kernel promise to writers that meet in a pipe, and up to which length? man 7 pipe,"
    " PIPE_BUF. Everything else can be cut by somebody else's bytes.",
    "So cut a record into frames, each in one write of at most PIPE_BUF bytes: header and payload"
    " together. What must a header say, if frames of other senders may stand between two of yours?",
    "Sender, length of this part, and whether more follows: struct.pack makes a header of fixed size.",
    "A read knows nothing of frames: append what it returns to a buffer, and take frames out while there is"
    " a whole one. Keep a second buffer for each sender: its record so far.",
    "An empty record is one frame without payload: does your loop over the parts run at all for it? And"
    ' b"" from os.read, and only that, is the end.',
)

CHOICES = {
    "a": "never: each write is one step for the kernel",
    "b": "whenever two processes write at the same time, whatever the length",
    "c": "only when a write is longer than PIPE_BUF",
    "d": "only when the pipe is full",
}

MODEL_ANSWER = (
    "The kernel keeps a write in one piece only if it has at most PIPE_BUF bytes. A longer one waits"
    " for room in its middle, and whoever comes then writes in between. That it was not seen in a test"
    " means that nobody had to wait there. So a long record goes out in frames that are short enough, each"
    " in one write with a header of its own, and the receiver puts them together again for each sender."
)

WORTH_MENTIONING = (
    "at most PIPE_BUF bytes in one write are atomic, the header included",
    "two writes are two writes, however short",
    "a header names the sender, because frames of different senders alternate",
    "a read returns any number of bytes, and not one frame",
    "not to have seen a torn record proves nothing",
)

EXERCISE = Exercise(
    number=6,
    slug="atomic-records",
    title="When two writers mix",
    stars=2,
    names=("send_record", "receive_records"),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.records",
    choices=CHOICES,
    model_answer=MODEL_ANSWER,
    worth_mentioning=WORTH_MENTIONING,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

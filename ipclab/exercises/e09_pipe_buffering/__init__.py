"""Exercise 9: how much can be written into a pipe before somebody reads?"""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
def pipe_capacity(read_fd: int, write_fd: int) -> int:
    """The largest number of bytes that the empty pipe accepts, found by writing."""
    raise NotImplementedError
'''

SPEC = (
    "Write `pipe_capacity(read_fd, write_fd)`. It gets both ends of an empty pipe and returns the"
    " largest number of bytes that the pipe accepts, over all ways of cutting the writes, found out by"
    " writing. The pipe may have been resized, from 4 KiB to 1 MiB, and each end may be blocking or"
    " not. Afterwards the pipe is empty, both ends are open, and their flags are what they were."
    " About 15 lines."
)

HINTS = (
    "A blocking write into a full pipe waits for a reader, and there is none but you. Which flag makes"
    " write fail instead of waiting, and with which error?",
    "os.set_blocking(write_fd, False) and BlockingIOError. The flag belongs to the open pipe, not to"
    " your function: put it back in a `finally`.",
    "The pipe keeps its bytes in page-sized slots. A chunk that does not fit into the rest of the last"
    " slot needs a new one, and leaves a gap. Which chunk sizes leave none?",
    "Count what write returns, not how often you called it. Then read just as many bytes, so that the"
    " pipe is empty again.",
)

CHOICES = {
    "a": "nothing is buffered: a write waits until somebody reads",
    "b": "a fixed number of bytes is buffered, then a write waits",
    "c": "as much is buffered as you care to write",
}

EXERCISE = Exercise(
    number=9,
    slug="pipe-buffering",
    title="How much fits into a pipe",
    stars=2,
    names=("pipe_capacity",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.pipes.capacity",
    choices=CHOICES,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

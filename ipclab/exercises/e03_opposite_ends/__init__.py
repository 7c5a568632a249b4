"""Exercise 3: parent and child hold opposite ends of one pipe."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .requirements import REQUIREMENTS

STUB = '''
def opposite_ends(message: bytes) -> bytes:
    """Let a child send the message through a pipe; return what was read until end of file."""
    raise NotImplementedError
'''

SPEC = (
    "Write `opposite_ends(message)`. A child sends `message` to its parent through a pipe, and the parent"
    " returns what it read until end of file. One child; each side holds one end only while it talks; any"
    " length from 0 bytes to 1 MiB; this child, and no other, is reaped. Nothing of the caller's is"
    " touched: it may have other children, open descriptors, output not yet flushed, and descriptors 0, 1"
    " or 2 closed. About 20 lines."
)

HINTS = (
    "First os.pipe, then os.fork: the child inherits both ends. Which one does each side not need, and"
    " what happens to a reader that keeps the other one?",
    "End of file comes when the last write end is closed, in every process. os.read returns b\"\" then,"
    " and not before. So the parent closes its write end, and reads in a loop.",
    "os.write says how many bytes it took. When the child is stopped or gets a signal in mid-message,"
    " that is less than all: go on with the rest.",
    "The child must not come back: whatever happens in it, let it end in os._exit (try and finally). Who"
    " else would run the caller's next line?",
    "In the parent: close the write end, read until b\"\", close the read end, then os.waitpid(pid, 0)."
    " Waiting before reading works until the message is longer than the pipe.",
)

CHOICES = {
    "a": "nothing: the program works",
    "b": "the parent waits for ever, from the first message on",
    "c": "it works for short messages and hangs on long ones",
    "d": "the bytes are lost",
}

MODEL_ANSWER = "fork copied the descriptor table."

EXERCISE = Exercise(
    number=3,
    slug="opposite-ends",
    title="How the child gets the other end",
    stars=1,
    names=("opposite_ends",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.opposite_ends",
    choices=CHOICES,
    model_answer=MODEL_ANSWER,
    requirements=REQUIREMENTS,
)

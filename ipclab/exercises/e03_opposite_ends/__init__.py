"""Exercise 3: parent and child hold opposite ends of one pipe."""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis
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
    'End of file comes when the last write end is closed, in every process. os.read returns b"" then,'
    " and not before. So the parent closes its write end, and reads in a loop.",
    "os.write says how many bytes it took. When the child is stopped or gets a signal in mid-message,"
    " that is less than all: go on with the rest.",
    "The child must not come back: whatever happens in it, let it end in os._exit (try and finally). Who"
    " else would run the caller's next line?",
    'In the parent: close the write end, read until b"", close the read end, then os.waitpid(pid, 0).'
    " Waiting before reading works until the message is longer than the pipe.",
)

CHOICES = {
    "a": "nothing: it always works, because the child has closed its own copy",
    "b": "it works, as long as the parent does not read to the end of file",
    "c": "it works for short messages, and hangs on those longer than the pipe",
    "d": "it never works: the parent reads from its own write end",
}

MODEL_ANSWER = (
    "The parent made the pipe before the fork, and fork copied its descriptor table: the child was born"
    " with both ends, by the same numbers, of the same pipe. It did not open anything; a pipe has no name"
    " to open. Then each closed the end that it does not use. For the parent's write end that is a must,"
    " because end of file comes only when no process holds a write end any more, and the reader itself is"
    " a process. The child's read end matters on a worse day: while the child holds it, it can never be"
    " told that nobody reads."
)

WORTH_MENTIONING = (
    "the pipe comes before the fork",
    "fork copies the descriptor table, and not the pipe",
    "end of file needs every write end to be closed, the reader's own included",
    "a writer that holds a read end gets no SIGPIPE and no EPIPE",
    "the child ends in os._exit, and the parent reaps it after it has read",
)

MEANINGS = {
    "wrong-result": Diagnosis(
        "What the child sends and what the parent returns must be the same bytes, and they must have come"
        " from one child through one pipe. Whatever else the caller has must be as it was.",
        "man 2 pipe; man 2 fork",
    ),
    "exception": Diagnosis(
        "An empty message, a closed descriptor 0, 1 or 2, and a second call are ordinary, on both sides."
        " In the child nobody sees an exception: the parent gets less, or nothing.",
        "man 2 fork; man 3 errno",
    ),
    "read-end-left-open": Diagnosis(
        "The child cannot hear that nobody reads, because it could read itself. If the parent goes away"
        " early, the child waits for ever on a full pipe, where EPIPE should have told it.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "eof-missed": Diagnosis(
        "The end of a message is the end of file: read returns no bytes once every write end is closed,"
        " also when the child has died half-way. A count or a mark tells neither.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "zombie-left": Diagnosis(
        "The child has ended, and its process number stays taken until its parent waits for just this"
        " child. To look once without waiting, or to wait for any child, is a matter of luck.",
        "man 2 waitpid, 'NOTES'",
    ),
    "exit-status-lost": Diagnosis(
        "A child can be waited for once. Whoever waits for any child may take one whose exit status the"
        " caller still wants: wait for your own pid.",
        "man 2 waitpid",
    ),
}

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
    worth_mentioning=WORTH_MENTIONING,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

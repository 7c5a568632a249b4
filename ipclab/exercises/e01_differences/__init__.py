"""Exercise 1: what does shared memory do that a pipe does not, and the other way round?"""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import PROPERTIES, REQUIREMENTS

STUB = '''
def answers() -> dict[str, str]:
    """For each property of exercise(1).properties, the choice that is true."""
    raise NotImplementedError
'''

SPEC = (
    "Write `answers()`. `ex.properties` names six properties in which a pipe and shared memory may differ,"
    " each with the choices that you have. Return a dict with one choice for each. You may look them up,"
    " think, or try: each is settled by an experiment that runs both mechanisms."
)

HINTS = (
    "`ex.properties` is a dict: print it. The keys of your answer are its keys, word for word, and each value"
    " is one of the strings beside the key.",
    "For each property ask what you could do to a pipe with `os.read`, `os.write` and `os.lseek`, and what to"
    " an `mmap`. Which of the calls fails, and with which error?",
    "Two of the six are about waiting: who waits in a full pipe, and who waits for the first value in shared"
    " memory?",
    "A pipe has two ends and no name; what you read is gone; a full one makes its writer wait; it goes with its last"
    " descriptor. Of shared memory the opposite is true each time. And only a pipe makes its users wait.",
)

CHOICES = {
    "a": "the pipe, at every size",
    "b": "shared memory, at every size",
    "c": "for small messages it hardly matters, for large ones shared memory wins",
}

MODEL_ANSWER = (
    "A pipe carries a stream of bytes one way between processes that inherited its ends. The kernel keeps"
    " order, makes a reader wait for bytes and a writer for room, and forgets the pipe with its last"
    " descriptor. Shared memory is a place: whoever knows the name can map it, read and write anywhere in it,"
    " both ways, at the price of a memory access, and it stays until it is unlinked. But nothing in it waits"
    " or takes turns: that takes semaphores, and care. So: a pipe for a stream between parent and child, a FIFO"
    " or a socket between strangers, shared memory for data that many use again and again, or that is too"
    " large to copy."
)

EXERCISE = Exercise(
    number=1,
    slug="differences",
    title="A pipe or shared memory",
    stars=1,
    names=("answers",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.exercises.e01_differences.solution.answers",
    choices=CHOICES,
    meanings=MEANINGS,
    model_answer=MODEL_ANSWER,
    worth_mentioning=(
        "who can join: heirs of a descriptor, or everybody who knows the name",
        "that a pipe synchronises and shared memory does not",
        "that reading from a pipe takes away, and reading from memory does not",
        "what is left when all processes have gone",
        "that the wake-up, not the copy, is what a small message costs",
    ),
    requirements=REQUIREMENTS,
    properties=PROPERTIES,
)

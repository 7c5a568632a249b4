"""Exercise 2: what may the name of shared memory, or of a semaphore, contain?"""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
def valid_name(name: str) -> bool:
    """True for a portable name, usable for shared memory and for a semaphore."""
    raise NotImplementedError
'''

SPEC = (
    "Write `valid_name(name)`. It is true for a name that has the form that POSIX asks for, one slash in"
    " front and no other, and under which a program may create a shared-memory object *and* a semaphore on"
    " Linux: after the slash 1 to 251 bytes (as UTF-8), no NUL, and neither `/.` nor `/..`. For every"
    " other string it is false, and it raises for none that UTF-8 can encode. About 5 lines."
)

HINTS = (
    "Take the rule apart: how it begins, what may not follow, how much may follow, and two names that are"
    " taken already in every folder.",
    "`len(name)` counts characters. The kernel counts bytes, and é has two of them: what does"
    ' `"é".encode()` return?',
    "251 bytes *after* the slash: the file that keeps a semaphore begins with `sem.`, and the name of"
    " a file may have 255.",
    "Five conditions joined by `and`: two about slashes, one about NUL, one about the number of bytes, one"
    " about the two names that every folder has.",
)

CHOICES = {
    "a": 'all three: "/name", "name" and "//name"',
    "b": '"/name" and "name"',
    "c": '"/name" only, for a portable name begins with one slash',
}

EXERCISE = Exercise(
    number=2,
    slug="names",
    title="What a name may contain",
    stars=1,
    names=("valid_name",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.names.valid_name",
    choices=CHOICES,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

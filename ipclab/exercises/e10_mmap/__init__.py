"""Exercise 10: a file edited as if it were an array."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
def replace_in_place(path: str, old: bytes, new: bytes) -> int:
    """Replace every occurrence of `old` through a mapping; return how many there were."""
    raise NotImplementedError
'''

SPEC = (
    "Write `replace_in_place(path, old, new)`. Through a mapping of the file, it replaces every occurrence of"
    " `old` by `new`, from the left, none overlapping another, and returns how many there were. Where the"
    " lengths differ, or `old` is empty, it raises ValueError, for an empty file too, and the file is"
    " unchanged. Empty files work, and files of 64 MiB, without a copy of the file in the process's own"
    " memory. It leaves nothing open. About 12 lines."
)

HINTS = (
    "`mmap.mmap(file.fileno(), 0)` maps a whole file, which must be open for reading and writing. What you"
    " get can be searched, sliced and stored into as a bytearray can.",
    "A mapping of no bytes does not exist: what does mmap say to an empty file? And what should happen before"
    " any file is opened?",
    "`memory.find(old, start)` copies nothing; `memory[:]` copies the whole file. After a match at `start`,"
    " the search goes on at `start + len(old)`.",
    "Let `with` close both, the file and the mapping: a mapping in Python keeps a descriptor of its own. And"
    " leave `access=mmap.ACCESS_COPY` alone: its stores are private.",
)

CHOICES = {
    "a": "both read as 0: the mapping is as long as it was",
    "b": "the byte in the last page reads as 0, the one in the next page kills the process",
    "c": "Python raises IndexError for both",
    "d": "both kill the process",
}

MODEL_ANSWER = (
    "A shared mapping and read look at the same pages, those that the kernel keeps of the file in memory."
    " A store changes such a page, so that the next read, in whichever process, finds the new byte; no"
    " system call took part. With a private mapping the first store on a page makes a copy of it for this"
    " process alone, and the file keeps the old byte. msync is about the disk, and not about other"
    " processes: it matters when the power fails. A mapping costs a page fault for each page, or group of"
    " pages, that is touched first; read costs a call and a copy. Reading once from front to back is a case"
    " for read; going back and forth in small steps is one for mmap."
)

WORTH_MENTIONING = (
    "read and a shared mapping use the same pages",
    "a private mapping copies a page at the first store on it",
    "msync is not needed for other processes to see a store",
    "a page that is touched first costs a fault",
    "past the end of the file there is SIGBUS, not an error to catch",
)

EXERCISE = Exercise(
    number=10,
    slug="mmap",
    title="A file as an array",
    stars=2,
    names=("replace_in_place",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.mapping",
    choices=CHOICES,
    model_answer=MODEL_ANSWER,
    worth_mentioning=WORTH_MENTIONING,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

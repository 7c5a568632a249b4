"""What does each diagnosis mean where a file is changed through a mapping?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

MEANINGS = {
    "wrong-result": Diagnosis(
        "Occurrences are taken from the left, and the search goes on behind each of them, as in"
        " bytes.replace: an overlap does not count, and what was just stored is not searched again."
        " Every other byte stays, and a page's edge is no edge for a match.",
        "the exercise's text; Python's bytes.replace",
    ),
    "exception": Diagnosis(
        "The caller gets no number. Two things are refused: a mapping of no bytes (ValueError in"
        " Python, EINVAL in C), and one that may be written where the file was opened for reading only.",
        "man 2 mmap, 'ERRORS'",
    ),
    "forbidden-shortcut": Diagnosis(
        "The file ends up right, and the work was done on a copy of it. A mapping needs none: what is"
        " stored into it is in the file, and a file larger than the memory is no trouble.",
        "man 2 mmap, 'MAP_SHARED'",
    ),
    "size-not-checked": Diagnosis(
        "A mapping is as long as it was made, and the file with it. Other bytes of another length would"
        " move everything behind them, so the lengths are compared first, before anything is stored.",
        "man 2 mmap, 'NOTES'",
    ),
    "fd-leak": Diagnosis(
        "A mapping stays until it is unmapped; closing the file's descriptor does not end it. In Python it"
        " also has a descriptor of its own. Both are closed on every way out, the exceptions included.",
        "man 2 munmap; man 2 close",
    ),
    "hang": Diagnosis(
        "The search does not come to an end, or takes far longer than reading the file would. After a"
        " match it must go on behind it, and an empty `old` is found everywhere.",
        "the exercise's text",
    ),
}

"""What does each diagnosis mean where two mechanisms are told apart?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

MEANINGS = {
    "wrong-result": Diagnosis(
        "The answer differs from what was seen just now on this machine. Try it yourself: the trial is a"
        " few lines, and notebook 1 shows them.",
        "man 7 pipe; man 7 shm_overview",
    ),
    "exception": Diagnosis(
        "Nothing has to be measured: a function that returns a dict is enough.",
        "the exercise's text",
    ),
}

"""What does each diagnosis mean where several workers share a cache?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

_TEXT = "the exercise's text"
_LOCK = "man 7 sem_overview; man 3 sem_wait"

MEANINGS = {
    "wrong-result": Diagnosis(
        "A cache may change how long an answer takes, and never the answer. What the store holds is"
        ' the truth: None is an absent key, and b"" a value like any other.',
        _TEXT,
    ),
    "exception": Diagnosis(
        "The call raised something that did not come from the store. Its caller asked for a value, and a"
        " miss, an empty value or an odd key is nothing unusual.",
        _TEXT,
    ),
    "stale-read": Diagnosis(
        "The cache holds, or a get returned, what the store no longer holds. A copy knows nothing of its"
        " original: whoever changes the one must change or drop the other, and nobody may come between"
        " reading the original and making the copy.",
        _LOCK,
    ),
    "lock-not-released": Diagnosis(
        "The call is over, and the lock is still taken: all other workers wait for ever. An exception of"
        " the store leaves a function as a return does; `with`, or try and finally, release on every way out.",
        "man 3 sem_post",
    ),
    "self-deadlock": Diagnosis(
        "It waits for a lock that it holds itself. The lock is not recursive: a helper that takes it must not"
        " be called by somebody who has it.",
        "man 3 sem_wait",
    ),
    "busy-wait": Diagnosis(
        "While another worker has the lock, this one should sleep. Asking again and again takes the processor"
        " from the one that is to release it.",
        "man 3 sem_wait",
    ),
    "hang": Diagnosis(
        "It does not come back, though the store and the cache have answered everything that they were asked.",
        _LOCK,
    ),
}

RESULTS_TOGETHER = {
    "wrong-result": Diagnosis(
        "In the order of steps that is shown, a get returned what no store ever held for its key, or None for a"
        " key that always had a value. A busy lock or a refused fill is no reason to return nothing: the store"
        " knows the answer.",
        _TEXT,
    ),
}

HITS = {
    "wrong-result": Diagnosis(
        "A cache that asks the store all the same is as slow as the store. What is in the cache is returned at"
        " once, and what was asked of the store stays in the cache for the next one.",
        _TEXT,
    ),
}

RAISED = {
    "wrong-result": Diagnosis(
        "The store failed, and the caller must know: without the exception a value that could not be read looks"
        " absent, and one that was never written looks safe.",
        _TEXT,
    ),
    "stale-read": Diagnosis(
        "A set that raised may have written, or not: nobody knows what the store holds. So the cache may hold"
        " neither the old nor the new value, only nothing.",
        _TEXT,
    ),
}

"""What does each diagnosis mean where two processes count together?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

MEANINGS = {
    "wrong-result": Diagnosis(
        "One process alone must count right before two can. The counter is an unsigned number of"
        " eight bytes, the lowest first, and only those eight bytes are yours.",
        "Python, struct module: <Q",
    ),
    "exception": Diagnosis(
        "The call ended early, and with it the counting. If the lock was held at that moment, the"
        " others wait for ever.",
        "man 3 sem_post",
    ),
    "lost-update": Diagnosis(
        "Adding one is three steps: read, add, write. Between reading and writing another process"
        " may have written, and the later write wipes that out. The schedule below is one such"
        " order of steps, on your own lines. However rarely it happens, it can.",
        "man 7 sem_overview; man 3 sem_wait",
    ),
    "invariant": Diagnosis(
        "In the order of steps that is shown, on your own lines, the sum comes out wrong: somebody was"
        " told to add one, returned, and it is not there. However rarely that order happens, it can.",
        "man 7 sem_overview",
    ),
    "torn-read": Diagnosis(
        "The counter was read in pieces, and another process wrote between them: the number that"
        " came together never stood there.",
        "man 7 sem_overview",
    ),
    "busy-wait": Diagnosis(
        "While another process holds the lock, this one should sleep in sem_wait. Asking again and"
        " again takes the processor from the one that is to release it.",
        "man 3 sem_wait",
    ),
    "self-deadlock": Diagnosis(
        "It waits for a lock that it holds itself. A semaphore is a counter and knows no holder: the"
        " second acquire waits for a release that only this process could make.",
        "man 3 sem_wait",
    ),
    "name-leak": Diagnosis(
        "The memory and the lock are handed to you. A semaphore of your own is shared with nobody who"
        " does not open the same name, and stays until somebody unlinks it.",
        "man 7 sem_overview, 'Persistence'",
    ),
}

TOGETHER = {
    "lost-update": Diagnosis(
        "Adding one is three steps: read, add, write. Between reading and writing another process"
        " may have written, and the later write wipes that out. All three belong into the lock, in each"
        " turn, for as long as it takes until the lock is free.",
        "man 7 sem_overview; man 3 sem_wait",
    ),
    "wrong-result": Diagnosis(
        "Whoever is told to add one either has added it on return, or waits until it can. That somebody"
        " else holds the lock is no reason to leave it out.",
        "man 3 sem_wait",
    ),
}

CANNOT_LOSE = {
    "wrong-result": Diagnosis(
        "This one is to be broken, so that you see what the lock is for: read, add, write, with"
        " nothing that keeps the other process out. All orders of steps were tried, and in each"
        " the sum was right.",
        "the exercise's text",
    ),
}

CALLERS_THINGS = {
    "wrong-result": Diagnosis(
        "Memory and semaphore belong to the caller, who goes on using them, and so do the other"
        " processes that have them open. Closing or unlinking is for whoever made them.",
        "man 3 sem_close; man 3 sem_unlink",
    ),
}

LOCK_AFTERWARDS = {
    "wrong-result": Diagnosis(
        "A lock is a semaphore whose value is 1 when it is free. With a value of 2 two processes may"
        " enter, and it guards nothing any more.",
        "man 3 sem_post",
    ),
}

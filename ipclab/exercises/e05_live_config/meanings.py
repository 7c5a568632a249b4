"""What does each diagnosis mean where a configuration changes while others use it?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

MEANINGS = {
    "wrong-result": Diagnosis(
        "One process alone must get back what it has stored, byte for byte. The layout is CONFIG's: other"
        " programs read the same memory.",
        "Python, struct module: Format Characters",
    ),
    "exception": Diagnosis(
        "The call ended early. A worker that watches would have died with it.",
        "the exercise's text",
    ),
    "torn-read": Diagnosis(
        "80 bytes are stored and loaded in several steps. Somebody looked in between, and got a configuration"
        " that nobody published: a server that runs with the limits of one and the greeting of another."
        " All fields belong under one lock, when they are written and when they are read.",
        "man 7 sem_overview; man 3 sem_wait",
    ),
    "lost-update": Diagnosis(
        "Two published at the same time, and what is left is neither's: parts of one were overwritten by parts"
        " of the other. Storing all fields must be one step for everybody else.",
        "man 7 sem_overview; man 3 sem_wait",
    ),
    "stale-read": Diagnosis(
        "What came back had been replaced before the call began. A copy that is kept in the process knows"
        " nothing of what others publish: memory has the answer, each time anew.",
        "man 7 shm_overview",
    ),
    "update-missed": Diagnosis(
        "The version changed, and the watcher never said so. Compare with the version that was seen last, not"
        " the first one, nor one that is read again later; and any other version is a change, a lower one"
        " too.",
        "the exercise's text",
    ),
    "size-not-checked": Diagnosis(
        "A greeting longer than its field reached the bytes behind it, which belong to somebody else. Shared"
        " memory has no fences between fields: who writes must check.",
        "Python, struct module: Format Characters, s",
    ),
    "lock-not-released": Diagnosis(
        "The call is over and the lock still taken: every publisher and every worker waits from now on. An"
        " exception leaves a function, too: `with` or try/finally gives the lock back on every way out.",
        "man 3 sem_post",
    ),
    "waits-holding-lock": Diagnosis(
        "While on_change runs, or between two looks, the lock is held. Nobody can publish or look meanwhile, and an"
        " on_change that takes a snapshot would wait for itself. Take the lock for the look, and for no more.",
        "man 3 sem_wait",
    ),
    "self-deadlock": Diagnosis(
        "It waits for the lock that it holds itself: a semaphore is a counter and knows no holder. Somewhere a"
        " function that takes the lock is called by one that has taken it.",
        "man 3 sem_wait",
    ),
    "busy-wait": Diagnosis(
        "While nothing changes it looks again and again, and the worker has no processor left for its"
        " requests. A short sleep between two looks costs nothing that anybody notices.",
        "man 2 nanosleep",
    ),
    "hang": Diagnosis(
        "It never comes to an end, or to its next question. A worker that can't be told to stop must be"
        " killed.",
        "the exercise's text",
    ),
    "name-leak": Diagnosis(
        "Memory and lock are handed to you. An object of your own is shared with nobody who does not open the"
        " same name, and stays until somebody unlinks it.",
        "man 7 sem_overview, 'Persistence'",
    ),
}

LOCK_AFTERWARDS = {
    "wrong-result": Diagnosis(
        "A lock is a semaphore whose value is 1 when it is free. With a value of 2 two processes may"
        " enter, and it guards nothing any more.",
        "man 3 sem_post",
    ),
}

CALLERS_THINGS = {
    "wrong-result": Diagnosis(
        "Memory and lock belong to the caller, who goes on using them, and so do the other processes that"
        " have them open. Closing, unlinking and the bytes behind the configuration are theirs.",
        "man 3 sem_close; man 3 sem_unlink",
    ),
}

WATCHING = {
    "wrong-result": Diagnosis(
        "watch is at work until should_stop() is true, and only then it returns: who called it relies on that."
        " Meanwhile on_change gets the configuration that is in force now.",
        "the exercise's text",
    ),
}

REPORTS = {
    "wrong-result": Diagnosis(
        "on_change is for changes, and gets the configuration that is in force now. The first look only tells"
        " what there is to begin with.",
        "the exercise's text",
    ),
}

ON_TIME = {
    "update-missed": Diagnosis(
        "The change was reported, but too late: 100 ms are the limit. What it waits between two looks is the"
        " longest that a change can stay unseen.",
        "the exercise's text",
    ),
    "hang": Diagnosis(
        "Whoever wants to stop the watcher waits until it asks again. 100 ms are the limit: long waits must be"
        " cut into short ones.",
        "the exercise's text",
    ),
}

RAISING = {
    "wrong-result": Diagnosis(
        "An exception of on_change is the caller's: the worker could not apply the configuration. Whoever"
        " swallows it lets the worker go on with an old one, and nobody knows.",
        "the exercise's text",
    ),
}

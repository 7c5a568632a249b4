"""What does each diagnosis mean where a producer and consumers share a buffer?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

_SEMAPHORES = "man 7 sem_overview"

MEANINGS = {
    "wrong-result": Diagnosis(
        "What comes out is byte for byte what went in. An item may be shorter than its place, empty, or end"
        " in NULs, so its length has to be kept beside it.",
        "the exercise's text",
    ),
    "size-not-checked": Diagnosis(
        "A place has item_size bytes. What is longer runs into the next place, or into the counters, and"
        " spoils items that somebody else has put in rightly.",
        "man 2 mmap; the exercise's text",
    ),
    "lost-item": Diagnosis(
        "An item was put in and never came out. When the positions of reader and writer are the same, the"
        " buffer may be empty or full: without a count, or counters that never wrap, nobody can tell. And"
        " struct.pack_into clears its bytes before it writes them: who looks in between, without a lock, sees 0.",
        "the exercise's text",
    ),
    "duplicated-item": Diagnosis(
        "An item was handed out twice. To look where the next item is, to copy it and to move on is one step"
        " for other consumers only under a lock. And who has slept must look again: meanwhile another one"
        " may have taken what it was woken for.",
        "man 3 sem_wait",
    ),
    "overwritten-item": Diagnosis(
        "The producer wrote into a place whose item was still wanted. A place is free when its last byte has"
        " been copied, and not before; and a producer that has slept must look again whether one is free.",
        "man 3 sem_post",
    ),
    "reordered-item": Diagnosis(
        "Each consumer gets its items in the order in which they were put in. Who takes several and gives"
        " some back puts them behind later ones.",
        "the exercise's text",
    ),
    "torn-read": Diagnosis(
        "A consumer read a place before the producer had written all of it. First the bytes of the item, then"
        " the counter or the post that tells of it.",
        "man 3 sem_post",
    ),
    "lost-wakeup": Diagnosis(
        "Somebody sleeps, and what it waits for is there, or has happened. One post wakes one sleeper: an"
        " end that all must learn of has to be passed on, by each to the next, or posted to all.",
        "man 3 sem_post",
    ),
    "waits-holding-lock": Diagnosis(
        "Who waits for an item with the lock in hand keeps out the producer, which alone could bring one; and"
        " the other way round. First wait for the item or the place, then take the lock.",
        "man 3 sem_wait",
    ),
    "lock-order-deadlock": Diagnosis(
        "put and get take the same two locks, each the other one first. Sooner or later each holds one and"
        " waits for the other.",
        "man 3 sem_wait",
    ),
    "lock-not-released": Diagnosis(
        "A call took a place, an item or the lock, and ended without giving it back, by an exception or by a"
        " return in the middle. From then on there is one less, for ever.",
        "man 3 sem_post",
    ),
    "self-deadlock": Diagnosis(
        "A process waits for a lock that it has taken itself. A semaphore counts and knows no owner.",
        "man 3 sem_wait",
    ),
    "busy-wait": Diagnosis(
        "On a full or an empty buffer there is nothing to do but sleep: in sem_wait until somebody posts, or"
        " at least for a millisecond between two looks. Otherwise waiting takes the processor from the one"
        " that it waits for.",
        "man 3 sem_wait",
    ),
    "hang": Diagnosis(
        "A call never came back although nothing kept it: the buffer was neither full nor empty, or the call"
        " has no reason to wait at all.",
        _SEMAPHORES,
    ),
    "stale-name": Diagnosis(
        "A crash leaves names behind, with whatever was in them: a taken lock, counts of places that are long"
        " gone, another size. create has to begin anew: unlink all names that it uses, then make them.",
        "man 3 sem_open, 'O_EXCL'; man 3 shm_open",
    ),
    "name-leak": Diagnosis(
        "Memory and semaphores have names of their own, and each stays until it is unlinked, or the machine"
        " starts anew. unlink removes all that create has made.",
        "man 7 shm_overview, 'Persistence'; man 7 sem_overview, 'Persistence'",
    ),
    "fd-leak": Diagnosis(
        "A mapping and a descriptor of the memory stay with the process until they are closed; a view of"
        " the mapping keeps it open, too. A process that uses one buffer after the other runs out of both.",
        "man 2 munmap; man 2 close",
    ),
    "exception": Diagnosis(
        "On a buffer that is in order none of these calls raises anything, except put for an item that is too"
        " long: ValueError.",
        "the exercise's text",
    ),
}

ANY_NAME = {
    "exception": Diagnosis(
        "A name has 1 to 251 bytes after its slash. Names that are made from it, for the semaphores say, must"
        " not be longer either, and two long names must not become the same: a digest of the name is short"
        " and different for each. It is the same in every program, too; hash(name) is not.",
        "man 7 sem_overview; Python, hashlib module",
    ),
    "wrong-result": Diagnosis(
        "Two buffers with different names have nothing to do with each other. If names are cut to fit, two"
        " long ones may become the same.",
        "man 7 sem_overview",
    ),
}

CALLERS_THINGS = {
    "wrong-result": Diagnosis(
        "The process belongs to whoever calls. Its directory, umask, environment, children and descriptors are"
        " as they were when the call is over.",
        "the exercise's text",
    ),
}

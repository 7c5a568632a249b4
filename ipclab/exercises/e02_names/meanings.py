"""What does each diagnosis mean where a name is judged?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

MEANINGS = {
    "wrong-result": Diagnosis(
        "The rule has few parts, and each of them decides on some name alone. Try the name above by"
        " hand, part by part.",
        "man 7 shm_overview; man 7 sem_overview",
    ),
    "exception": Diagnosis(
        "A question that can be answered with no should not fail. Whoever asks it has a name of"
        " unknown origin in hand, and wants to know before it does harm.",
        "the exercise's text",
    ),
    "name-leak": Diagnosis(
        "Creating an object to see whether it can be created leaves the object, unless it is"
        " unlinked again. And Linux accepts names that POSIX leaves to each implementation: it is the wrong"
        " judge.",
        "man 3 shm_open; man 7 shm_overview",
    ),
    "hang": Diagnosis(
        "It never comes to an answer. Every name is finite, and one look at each of its characters"
        " is enough.",
        "the exercise's text",
    ),
}

BEGINNING = {
    "wrong-result": Diagnosis(
        "A portable name begins with a slash. What a name without one means, POSIX leaves to each"
        " implementation: Linux accepts it, others may take it for something else, or refuse it.",
        "man 3 shm_open, 'name'; POSIX, shm_open",
    ),
}

ONE_SLASH = {
    "wrong-result": Diagnosis(
        "There are no folders among these names, so no second slash. glibc drops slashes at the"
        " beginning, so that two different names may mean one object here, and fail elsewhere.",
        "man 7 sem_overview, 'Named semaphores'; POSIX, sem_open",
    ),
}

SOMETHING = {
    "wrong-result": Diagnosis(
        "Each object is a file in /dev/shm. Without letters it has no name there, and . and .. are"
        " the folder itself and the one above. Any other dot is a letter like the rest.",
        "man 7 shm_overview; man 7 path_resolution",
    ),
}

LENGTH = {
    "wrong-result": Diagnosis(
        "The kernel counts bytes, not characters, and a file name has 255 at most (NAME_MAX)."
        " A semaphore's file begins with sem., so that 251 are left for you, slash not counted.",
        "man 7 sem_overview, 'Named semaphores'; man 3 sem_open, 'ENAMETOOLONG'",
    ),
}

NUL = {
    "wrong-result": Diagnosis(
        "In C a string ends at its first NUL. The kernel would see another, shorter name than"
        " the one you wrote.",
        "man 7 path_resolution; man 3 string",
    ),
}

LETTERS = {
    "wrong-result": Diagnosis(
        "All bytes but the slash and NUL are letters of a file name: blanks, control characters,"
        " other scripts. A rule that forbids more refuses what works.",
        "man 7 path_resolution",
    ),
}

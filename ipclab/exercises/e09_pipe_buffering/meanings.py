"""What does each diagnosis mean where a pipe is measured?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

MEANINGS = {
    "wrong-result": Diagnosis(
        "The number is not what the kernel took. Count what write returns, not how often it was"
        " called or how much it was given: the last write may take a part only, and one that is"
        " refused (EAGAIN) takes nothing, while a smaller one may still fit.",
        "man 2 write, 'RETURN VALUE'",
    ),
    "hang": Diagnosis(
        "A write on a full pipe waits until somebody reads, a read on an empty one until somebody"
        " writes, and the only process that could is the one that waits. With O_NONBLOCK set, both"
        " answer with EAGAIN instead.",
        "man 7 pipe, 'I/O on pipes and FIFOs'; man 2 write, 'EAGAIN'",
    ),
    "exception": Diagnosis(
        "The caller gets no number. If it is BlockingIOError (EAGAIN), it is no accident: on an end"
        " that does not block it is how a full pipe refuses a write, and an empty one a read.",
        "man 2 write, 'ERRORS'; man 2 read, 'ERRORS'",
    ),
    "hard-coded": Diagnosis(
        "Pipes differ. One may have been resized, a user with very many gets smaller ones, and"
        " other machines have larger pages. Only filling this pipe tells about this pipe.",
        "man 7 pipe, 'Pipe capacity'",
    ),
    "forbidden-shortcut": Diagnosis(
        "The kernel says how large it made the buffer. Whether that is how many bytes fit in is"
        " the very question, and the answer depends on how they are written.",
        "man 2 fcntl, 'Changing the capacity of a pipe'",
    ),
    "flags-changed": Diagnosis(
        "The flags belong to the open file description, which the caller and perhaps other processes"
        " share. With O_NONBLOCK set behind their back their calls fail with EAGAIN; with it taken away"
        " they wait where they did not mean to.",
        "man 2 fcntl, 'File status flags'; man 2 open, 'Open file descriptions'",
    ),
    "fd-leak": Diagnosis(
        "The call made a descriptor of its own and left it open. A forgotten copy of the write end"
        " keeps every reader of this pipe from seeing the end of file.",
        "man 2 close; man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
}

NO_NUMBER = {
    "wrong-result": Diagnosis(
        "The capacity is a whole number of bytes. A function that ends without `return` gives"
        " None; one that divides with / gives a float.",
        "the exercise's text",
    ),
}

NOT_AS_IT_WAS = {
    "wrong-result": Diagnosis(
        "The pipe belongs to the caller, who goes on using it. A measurement leaves what it"
        " measured as it was: both ends open, the size unchanged.",
        "man 2 close; man 7 pipe, 'Pipe capacity'",
    ),
}

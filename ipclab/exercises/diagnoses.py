"""What can be wrong with a program that talks to another, why does it matter, where is it written?

The words are stable: graders, tests and learners' notes rely on them.
"""

from __future__ import annotations

from typing import NamedTuple


class Diagnosis(NamedTuple):
    """What a learner is told about one kind of mistake."""

    meaning: str
    reference: str


DIAGNOSES: dict[str, Diagnosis] = {
    # Any program.
    "wrong-result": Diagnosis(
        "The call came back, with something else than what the exercise asks for. Compare the "
        "two values.",
        "the exercise's text",
    ),
    "exception": Diagnosis(
        "The caller gets no result. Where the exception carries an errno, the manual page of the "
        "call says what it means.",
        "man 3 errno",
    ),
    "hard-coded": Diagnosis(
        "The answer is a constant that fits one machine. Limits of the kernel differ from "
        "system to system and object to object, so a program asks or measures.",
        "man 7 pipe, 'Pipe capacity'",
    ),
    "forbidden-shortcut": Diagnosis(
        "The result may be right, but it comes from a call that does the whole work. The "
        "exercise is about the calls beneath it.",
        "the exercise's text",
    ),
    "hang": Diagnosis(
        "It never comes to an end: it waits for something that nobody will do, or goes round a "
        "loop that nothing ends.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "busy-wait": Diagnosis(
        "It asks again and again instead of sleeping until there is something to do. That keeps "
        "a processor busy and slows the very process it waits for.",
        "man 2 poll",
    ),
    "invariant": Diagnosis(
        "Some order of steps leaves the shared data in a state that must never exist. The "
        "schedule that is shown is a proof, however rarely it happens.",
        "man 7 sem_overview",
    ),
    # Streams: pipes, FIFOs and their descriptors.
    "partial-read": Diagnosis(
        "read returns what is there, up to the number asked for: one read is not one message. "
        "Read in a loop until the end of file, or until the message is complete.",
        "man 2 read, 'RETURN VALUE'",
    ),
    "partial-write": Diagnosis(
        "write may take only some of the bytes and says how many. Whoever ignores that number "
        "loses the rest.",
        "man 2 write, 'RETURN VALUE'",
    ),
    "eof-missed": Diagnosis(
        "read returning no bytes is the end of the stream: every write end is closed. A reader "
        "that goes on asking never finishes.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "write-end-left-open": Diagnosis(
        "A pipe ends only when its last write end is closed, in every process. A reader that "
        "holds one itself waits for its own silence.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "read-end-left-open": Diagnosis(
        "A writer is told that nobody reads (SIGPIPE, EPIPE) only when the last read end is "
        "closed. A forgotten one makes it block on a full pipe instead.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "pipe-full-deadlock": Diagnosis(
        "One process waits for room in a full pipe, the other for something else than that "
        "pipe. Neither can ever move: both streams must be drained together.",
        "man 7 pipe, 'Pipe capacity'",
    ),
    "wait-before-read": Diagnosis(
        "A child with more to say than the pipe holds cannot end before somebody reads. Waiting "
        "for it first works for short messages and hangs on long ones.",
        "man 2 wait; man 7 pipe, 'Pipe capacity'",
    ),
    "flags-changed": Diagnosis(
        "The status flags belong to the open file description, which other descriptors and "
        "processes share. O_NONBLOCK left behind makes their reads and writes fail with EAGAIN.",
        "man 2 fcntl, 'File status flags'",
    ),
    "data-left-in-pipe": Diagnosis(
        "Whoever reads this pipe next gets bytes that were never meant for it. A measurement "
        "takes back what it put in.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "chunk-too-coarse": Diagnosis(
        "A pipe is a row of page-sized slots, and a write that does not fit into the last slot "
        "opens a new one. How much the pipe takes depends on how the writes are cut.",
        "man 7 pipe, 'Pipe capacity'",
    ),
    "poll-is-not-full": Diagnosis(
        "select and poll report a pipe as writable only while a whole slot (PIPE_BUF bytes) is "
        "free. When they fall silent, smaller writes still fit.",
        "man 7 pipe, 'PIPE_BUF'; man 2 select",
    ),
    "interleaved-records": Diagnosis(
        "Only a write of at most PIPE_BUF bytes is kept in one piece. Longer ones, or a record "
        "sent in two writes, mix with those of other writers.",
        "man 7 pipe, 'PIPE_BUF'",
    ),
    # Processes and their ends.
    "zombie-left": Diagnosis(
        "A child that ended keeps its process number until its parent waits for it. A program "
        "that never reaps runs out of process numbers.",
        "man 2 wait, 'NOTES'",
    ),
    "orphan-left": Diagnosis(
        "A process that it started still runs after the call has returned. Nobody knows of it, "
        "waits for it or ends it.",
        "man 2 wait; man 2 kill",
    ),
    "child-escapes": Diagnosis(
        "After fork there are two processes on the same line. A child that does not end in "
        "os._exit or exec returns too, and runs the caller's code a second time.",
        "man 2 fork; man 2 _exit",
    ),
    "fd-leak": Diagnosis(
        "A descriptor stays open that nobody needs any more. A process has a limited number of "
        "them, and an open pipe end keeps other processes waiting.",
        "man 2 close; man 2 getrlimit, 'RLIMIT_NOFILE'",
    ),
    "stderr-lost": Diagnosis(
        "Standard output and standard error are two streams, descriptors 1 and 2. Here one did "
        "not arrive, or not where it belongs.",
        "man 3 stdin; man 2 dup",
    ),
    "exit-status-lost": Diagnosis(
        "waitpid returns an encoded status in which the exit code is only one part. Decode it "
        "with os.waitstatus_to_exitcode.",
        "man 2 wait, 'WEXITSTATUS'",
    ),
    "exec-failure-hidden": Diagnosis(
        "exec fails in the child, where the caller cannot see it. The child must send the errno "
        "to its parent, which raises it.",
        "man 2 execve, 'ERRORS'; man 2 open, 'O_CLOEXEC'",
    ),
    "signal-death-hidden": Diagnosis(
        "A program that a signal killed has no exit code. To report one makes a crash look like "
        "an ordinary end.",
        "man 2 wait, 'WTERMSIG'",
    ),
    # Names, files and mappings.
    "name-leak": Diagnosis(
        "A name in shared memory lives until somebody unlinks it or the machine restarts. It "
        "occupies memory, and the next run meets it.",
        "man 7 shm_overview, 'Persistence'; man 7 sem_overview, 'Persistence'",
    ),
    "fifo-left": Diagnosis(
        "A FIFO is a file: it stays after the last process has closed it. The next client opens "
        "it and waits for a server that is gone.",
        "man 7 fifo; man 2 unlink",
    ),
    "stale-name": Diagnosis(
        "A program that crashed leaves its names behind. Whoever creates the object again must "
        "cope with what it finds there.",
        "man 3 shm_open, 'O_EXCL'",
    ),
    "too-open-mode": Diagnosis(
        "Other users may open the object, read it and write to it. The mode given at creation "
        "is the only door.",
        "man 3 mkfifo; man 2 umask",
    ),
    "private-mapping": Diagnosis(
        "A private mapping is a copy on write: what is stored there reaches neither the file "
        "nor any other process.",
        "man 2 mmap, 'MAP_PRIVATE'",
    ),
    "size-not-checked": Diagnosis(
        "The data is longer than the place that it goes to. Then it is cut, or lands on its "
        "neighbour, or a mapping ends before it does.",
        "man 2 mmap, 'ERRORS'; man 2 ftruncate",
    ),
    # Data in shared memory.
    "lost-update": Diagnosis(
        "Two processes read the same old value, and the later write wipes out the earlier one. "
        "Reading, changing and writing must be one step for everybody else.",
        "man 7 sem_overview",
    ),
    "torn-read": Diagnosis(
        "The reader got part of one write and part of another: a value that nobody ever stored.",
        "man 7 sem_overview",
    ),
    "stale-read": Diagnosis(
        "The reader got a value that a finished write had already replaced. A copy must be "
        "refreshed or dropped when the original changes.",
        "man 7 sem_overview",
    ),
    "update-missed": Diagnosis(
        "A change was published, and the watcher never reported it. Compare with what was seen "
        "last, not with what was seen first.",
        "man 7 sem_overview",
    ),
    "lost-item": Diagnosis(
        "Something was put in and never came out.",
        "man 7 sem_overview",
    ),
    "duplicated-item": Diagnosis(
        "One item was handed out twice. Two consumers took the same place before either had "
        "moved on.",
        "man 3 sem_wait",
    ),
    "reordered-item": Diagnosis(
        "The items came out in another order than they were put in.",
        "man 7 sem_overview",
    ),
    "overwritten-item": Diagnosis(
        "The producer wrote into a place that a consumer had not finished reading. A place is "
        "free only after its content has been copied.",
        "man 3 sem_post",
    ),
    # Locks and sleepers.
    "lock-not-released": Diagnosis(
        "The lock is still taken after the call is over, also when that ended by an exception. "
        "Nobody else will ever get it: use `with` or try/finally.",
        "man 3 sem_post",
    ),
    "self-deadlock": Diagnosis(
        "It waits for a lock that it holds itself. A semaphore does not know its holder and "
        "cannot be taken twice.",
        "man 3 sem_wait",
    ),
    "waits-holding-lock": Diagnosis(
        "It sleeps until another process acts, and holds the lock that the other one needs for "
        "it. Release it before waiting.",
        "man 3 sem_wait",
    ),
    "lock-order-deadlock": Diagnosis(
        "Each process holds one lock and waits for the other's. Where everybody takes them in "
        "the same order, this cannot happen.",
        "man 3 sem_wait",
    ),
    "lost-wakeup": Diagnosis(
        "A process sleeps, and everyone who could wake it has already gone on. One post wakes "
        "one sleeper, and only a post does.",
        "man 3 sem_post",
    ),
}


def diagnosis(name: str) -> Diagnosis:
    """The entry for `name`. Raises ValueError for a word outside the vocabulary."""
    try:
        return DIAGNOSES[name]
    except KeyError:
        raise ValueError(
            f"{name!r} is no diagnosis; ipclab/exercises/diagnoses.py lists them"
        ) from None

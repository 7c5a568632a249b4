"""What does each diagnosis mean where a program's output is captured?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

MEANINGS = {
    "wrong-result": Diagnosis(
        "What comes back must be what the program wrote: every byte, in order, undecoded, each"
        " stream by itself, and its own exit status.",
        "man 2 read; man 2 wait",
    ),
    "exception": Diagnosis(
        "The caller gets neither output nor status. What a program writes need not be text, and a"
        " call that a signal interrupts is not a failure; an errno says which call objected.",
        "man 3 errno",
    ),
    "hang": Diagnosis(
        "Somebody waits for what cannot come: the end of a stream that has a writer left, or the"
        " end of a child that waits itself.",
        "man 7 pipe, 'I/O on pipes and FIFOs'; man 2 wait",
    ),
    "busy-wait": Diagnosis(
        "While the program is silent its parent should sleep in read, poll, select or waitpid."
        " Asking without a pause takes the processor from the very program it waits for. A stream"
        " at its end stays readable for ever: stop watching it.",
        "man 2 poll, 'POLLHUP'; man 2 wait, 'WNOHANG'",
    ),
    "forbidden-shortcut": Diagnosis(
        "That call makes the pipes, forks, executes and waits by itself. The exercise is to do the"
        " same with the calls beneath it.",
        "man 2 fork; man 3 exec",
    ),
    "partial-read": Diagnosis(
        "read returns what is in the pipe at the moment, 64 KiB at the most. The output is whole"
        " when read returns no bytes, not before.",
        "man 2 read, 'RETURN VALUE'; man 7 pipe, 'Pipe capacity'",
    ),
    "fd-leak": Diagnosis(
        "Each call leaves a descriptor open. After some hundred calls there is none left (EMFILE),"
        " and a pipe end among them keeps its other side waiting.",
        "man 2 close; man 2 getrlimit, 'RLIMIT_NOFILE'",
    ),
}

NO_CHILD = {
    "wrong-result": Diagnosis(
        "A program runs in a process of its own: fork makes the process, exec puts the program"
        " into it, and the parent is there to read.",
        "man 2 fork; man 2 execve",
    ),
}

ARGUMENTS = {
    "wrong-result": Diagnosis(
        "exec hands over a list of strings. There is no shell in between: nothing splits at"
        " blanks, expands * or $, or takes away quotes, unless the solution brings one in.",
        "man 2 execve, 'argv'",
    ),
}

SURROUNDINGS = {
    "wrong-result": Diagnosis(
        "A child has its parent's directory, umask, environment and descriptors until it changes"
        " them, and exec keeps them. Only descriptors 1 and 2 are to be other ones.",
        "man 2 execve, 'Effect on process attributes'",
    ),
}

PROGRAMS_DESCRIPTORS = {
    "fd-leak": Diagnosis(
        "A program starts with every descriptor that is not close-on-exec. dup2 makes copies that"
        " survive exec; the originals must not, or the program holds write ends that it knows"
        " nothing of, and so do the processes that it leaves behind.",
        "man 2 dup, 'dup2'; man 2 open, 'O_CLOEXEC'",
    ),
}

CALLERS_THINGS = {
    "wrong-result": Diagnosis(
        "Descriptors, signal handlers, directory and children belong to the caller, who was there"
        " first and goes on afterwards. What a function changes for itself it changes in the"
        " child, or puts back.",
        "man 2 sigaction; man 2 chdir",
    ),
    "exit-status-lost": Diagnosis(
        "os.wait() takes whichever child ends first. The caller may have children too, and a"
        " status is handed out once: wait for your own, os.waitpid(pid, 0).",
        "man 2 wait",
    ),
}

CLOSED_DESCRIPTORS = {
    "wrong-result": Diagnosis(
        "A new pipe gets the lowest free numbers: 0, 1 or 2, if the caller has closed them. Then"
        " dup2(1, 1) does nothing and leaves close-on-exec set, and closing the original closes"
        " the copy. Move such ends out of the way first.",
        "man 2 dup; man 2 fcntl, 'F_DUPFD_CLOEXEC'",
    ),
}
CLOSED_DESCRIPTORS["stderr-lost"] = CLOSED_DESCRIPTORS["wrong-result"]

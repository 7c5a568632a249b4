"""Exercise 12: run a program and return what it wrote and how it ended."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
def capture(argv: list[str]) -> tuple[bytes, bytes, int]:
    """Run a program; return its stdout, its stderr and its exit status."""
    raise NotImplementedError
'''

SPEC = (
    "Write `capture(argv)`. It runs the program `argv[0]` with the arguments `argv` by fork and exec, and"
    " returns what the program wrote to stdout and to stderr, as bytes, and its exit status as"
    " `subprocess.run` reports it: minus the number of the signal for a program that was killed. A"
    " program that can't be executed raises the OSError that says why. It inherits stdin,"
    " environment, directory and umask. (Giving it the default SIGPIPE again, as subprocess does, is right,"
    " and not judged.) Use os, select, selectors, fcntl, signal and threads as you like,"
    " but not subprocess, multiprocessing, os.popen, os.system, os.spawn*, os.posix_spawn or pty."
    " About 40 lines."
)

HINTS = (
    "Two pipes, one fork. The child makes the write ends its descriptors 1 and 2 by os.dup2 and calls"
    " os.execv. Who else holds a write end, and until when?",
    "Both streams fill at once. Whoever reads all of one before the other stops for ever when the other"
    " pipe is full: wait for both together (selectors, or a thread for each), and for the child's end"
    " last.",
    "In the child, everything after fork must end in exec or os._exit: use try and finally. How does the"
    " parent learn that exec failed? A third pipe, close-on-exec: end of file means that exec worked.",
    "os.waitpid(pid, 0) for just your child, then os.waitstatus_to_exitcode. Close every descriptor"
    " that you opened on every path.",
    "If the caller has closed its descriptor 1 or 2, os.pipe may return that number: os.dup2(1, 1) does"
    " nothing and leaves close-on-exec set. Move such ends up first (fcntl.F_DUPFD_CLOEXEC).",
)

CHOICES = {
    "a": "it works: the kernel keeps what is on stderr until the parent comes to it",
    "b": "what does not fit into the pipe is lost",
    "c": "both stop for ever",
    "d": "the program is killed, because nobody reads its stderr",
}

EXERCISE = Exercise(
    number=12,
    slug="capture",
    title="What capture_output does for you",
    stars=3,
    names=("capture",),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.capture.capture",
    choices=CHOICES,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

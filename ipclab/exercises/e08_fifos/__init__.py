"""Exercise 8: unrelated programs meet at a FIFO."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
def serve_lines(path: str, handle: Callable[[bytes], None], count: int) -> None:
    """Make a FIFO, call handle(line) for count lines of clients that come and go, remove it."""
    raise NotImplementedError


def send_line(path: str, line: bytes) -> None:
    """Send one line to the server of this FIFO."""
    raise NotImplementedError
'''

SPEC = (
    "Write a server and its client, which have nothing in common but a path. `serve_lines(path, handle, count)`"
    " creates a FIFO with mode 0600, calls `handle(line)` for `count` lines (bytes as they were sent, without the"
    " newline) from clients that come and go, and removes the FIFO, also when `handle` raises. Count 0"
    " returns at once; lines beyond `count` are dropped, and whoever comes at the end is not left waiting."
    " A FIFO that is there already may be reused or replaced; anything else at the path raises"
    " FileExistsError and stays. `send_line(path, line)` sends one line: it waits while nobody reads; without"
    " a FIFO it waits a moment or raises FileNotFoundError; a line that is longer than PIPE_BUF with its"
    " newline arrives whole, whatever other clients send meanwhile, or raises ValueError. About 40 lines."
)

HINTS = (
    "os.mkfifo makes the name, os.open each end. Who waits for whom in open, and what does read return when"
    " the last client has left?",
    "No bytes mean that there is no writer at this moment. The next client may be on its way, so the service"
    " ends by count and not by end of file. But a server that reads on without a writer never sleeps: what if"
    " it held a write end itself?",
    "os.open(path, os.O_RDWR) does both on Linux: it waits for nobody, and there is no end of file any more. Or"
    " open O_RDONLY first, and O_WRONLY after it, only to keep it.",
    "One read may end within a line. Keep what stands behind the last newline, and put the next bytes behind"
    " it. In the client, line and newline go into one write; how long may that be for nobody to come in"
    " between?",
    "try and finally around everything after mkfifo. Unlink the name before you close the descriptor: a client"
    " that comes in between the other way round waits for ever. An existing name: mkfifo raises FileExistsError;"
    " stat.S_ISFIFO(os.lstat(path).st_mode) tells whether it is a FIFO.",
)

CHOICES = {
    "a": "it waits until the next client comes",
    "b": "it returns no bytes at once, and again, as often as it is called",
    "c": "it returns no bytes once, and waits for the next client after that",
    "d": "it raises BrokenPipeError",
}

MODEL_ANSWER = (
    "A FIFO is a pipe with a name in the file system. mkfifo makes the name (a mknod), open gives an end of it,"
    " and read, write and close are those of any pipe; the bytes stay in the kernel, and the file's size is 0."
    " Unlike a pipe, whose ends are handed on by fork, a FIFO can be opened by any program that may use the path,"
    " so the mode of the file is the door. An open for one direction waits until somebody opens the other one."
    " Writers may come again after an end of file. And the name must be unlinked: it outlives all processes."
)

WORTH_MENTIONING = (
    "mkfifo for the name, then open, read, write, close as for any file",
    "unrelated processes can meet, and the file's mode says who may",
    "open waits for the other end; O_NONBLOCK for writing fails with ENXIO instead",
    "end of file whenever the last writer leaves, and bytes again when the next one comes",
    "nothing is stored in the file system: size 0, and unread bytes are gone with the last close",
    "the name stays until somebody unlinks it",
)

EXERCISE = Exercise(
    number=8,
    slug="fifos",
    title="How strangers meet",
    stars=2,
    names=("serve_lines", "send_line"),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.ipc.fifos",
    choices=CHOICES,
    model_answer=MODEL_ANSWER,
    worth_mentioning=WORTH_MENTIONING,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

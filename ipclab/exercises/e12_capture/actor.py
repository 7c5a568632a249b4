"""The program that a solution of exercise 12 is asked to run: it does what its arguments say.

python -I -S capture_actor.py STEP …    a step is a letter and a number

o, e   write so many bytes to stdout, to stderr     x   exit with this status
b      write blanks to both streams                 k   kill itself with this signal
c      close this descriptor                        f   list the descriptors
s      sleep so many milliseconds                   w   tell what surrounds it
"""

import os
import sys
import time
from array import array

_HEADS = {"o": bytes(range(255, -1, -1)), "e": bytes(range(128, 256)) + bytes(range(128))}
_FIRST_COUNTER = {"o": 1, "e": 1 << 30}
BLANKS = b" \n\t blanks\r\n\0 \n\n"


def text(stream: str, size: int) -> bytes:
    """The first `size` bytes that go to stdout ("o") or stderr ("e").

    Every byte value, then counters: whatever is lost, doubled or moved shows.
    """
    head, first = _HEADS[stream], _FIRST_COUNTER[stream]
    counters = array("I", range(first, first + size // 4)) if size > len(head) else array("I")
    return (head + counters.tobytes())[:size]


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _open_descriptors() -> str:
    found = []
    for fd in range(256):
        try:
            found.append(f"{fd} {os.readlink(f'/proc/self/fd/{fd}')}")
        except OSError:
            continue
    return "\n".join(found)


def _act(what: str, number: int) -> None:
    if what in _HEADS:
        _write(1 if what == "o" else 2, text(what, number))
    elif what == "b":
        _write(1, BLANKS)
        _write(2, BLANKS)
    elif what == "c":
        os.close(number)
    elif what == "s":
        time.sleep(number / 1000)
    elif what == "x":
        os._exit(number)
    elif what == "k":
        os.kill(os.getpid(), number)
    elif what == "f":
        _write(1, _open_descriptors().encode())
    elif what == "w":
        surroundings = os.getcwd(), os.environ.get("IPCLAB_TOKEN"), os.umask(0), os.read(0, 100)
        _write(1, repr(surroundings).encode())


if __name__ == "__main__":
    for step in sys.argv[1:]:
        _act(step[0], int(step[1:] or 0))
    os._exit(0)

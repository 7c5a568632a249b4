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

# Every byte value, then counters: whatever is lost, doubled or moved shows.
_STDOUT = bytes(range(255, -1, -1)) + array("I", range(1, 1 << 18)).tobytes()
_STDERR = bytes(range(128, 256)) + bytes(range(128)) + array("I", range(1 << 18, 1, -1)).tobytes()
_TEXTS = {"o": _STDOUT, "e": _STDERR}
BLANKS = b" \n\t blanks\r\n\0 \n\n"


def text(stream: str, size: int) -> bytes:
    """The first `size` bytes that go to stdout ("o") or stderr ("e")."""
    whole, rest = divmod(size, len(_TEXTS[stream]))
    return _TEXTS[stream] * whole + _TEXTS[stream][:rest]


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
    if what in _TEXTS:
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

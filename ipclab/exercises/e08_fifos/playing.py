"""The player's side: it makes its call, tells what came of it, and stays until it is killed."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from ipclab.sandbox.observe import OWN_DESCRIPTORS

from .belongings import Belongings

GATE_SIGNAL = signal.SIGRTMIN + 5
_MOST_TOLD = 2 << 20  # bytes of lines
Outcome = dict[str, Any]  # what came of one player's call, as plain data

# Kept from before any solution is loaded: it may replace what the modules hold.
_exit, _write = os._exit, os.write


def play(
    call: Callable[..., object],
    surround: Callable[[], list[Any] | None],
    told_fd: int,
    gate_fd: int,
) -> NoReturn:
    """The player's life. After its call it stays, with all that it still holds, until it is killed."""
    try:
        os.closerange(3, OWN_DESCRIPTORS)
        _install_gate(gate_fd)
        noticed = surround()
        belongings = Belongings()
        record = _called(call, told_fd)
        record["noticed"] = noticed
        record["left"], record["changed"] = belongings.differences()
        _tell(told_fd, record)
        while True:
            signal.pause()
    finally:
        _exit(0)


def _called(call: Callable[..., object], told_fd: int) -> Outcome:
    room, caller = _MOST_TOLD, os.getpid()

    def handled(line: object) -> None:
        nonlocal room
        room -= 100 + (len(line) if type(line) is bytes else 0)
        if room < 0:  # no scenario sends so much
            return
        if os.getpid() != caller:
            _tell(told_fd, {"odd": "a line in another process, of which the caller sees nothing,"})
        elif type(line) is bytes:
            _tell(told_fd, {"handled": line.hex()})
        else:
            _tell(told_fd, {"odd": f"{line!r:.60} of type {type(line).__name__}"})

    try:
        value = call(handled)
    except BaseException as error:  # whatever a solution raises is to be told
        return {"raised": _described(error)}
    return {"raised": None, "value": "" if value is None else f"{value!r:.60}"}


def _described(error: BaseException) -> dict[str, Any]:
    number = getattr(error, "errno", None)
    return {
        "type": type(error).__name__,
        "kinds": [kind.__name__ for kind in type(error).__mro__],
        "message": f"{error!s:.300}",
        "errno": number if type(number) is int else None,
        "traceback": "".join(traceback.format_exception(error, limit=-10))[-4000:],
    }


def _tell(told_fd: int, record: Outcome) -> None:
    data = json.dumps(record).encode() + b"\n"
    while data:
        data = data[_write(told_fd, data) :]


def _install_gate(gate_fd: int) -> None:
    """The handler in C: it writes a traceback into a pipe, and waits when that is full."""
    import faulthandler

    faulthandler.register(GATE_SIGNAL, file=gate_fd, all_threads=False, chain=False)

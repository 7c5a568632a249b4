"""Why is the first thing that a forked process does slow, and what can be done before it matters?

After a fork, parent and child share their pages until one of them writes. CPython writes wherever it
goes: reference counts, and code that it specialises while it runs. So the helper goes through what
every run does often enough that nothing is left to specialise, and each forked process goes through it
once more while it waits, so that its copies of the pages are made before its run begins.
"""

from __future__ import annotations

import json
import os
import socket

from . import frames, plain, transport, wire
from .leaks import descriptor_leaks, entries, process_leaks, thread_leaks
from .observe import fingerprint, numbers_in, observe
from .population import Chronicle
from .results import Run

OFTEN = 20  # times until CPython has specialised what it will


def rehearse_call() -> None:
    """What a run's first process does: receive, unpickle, call, pack the value, answer."""
    one, other = socket.socketpair()
    with one, other:
        frames.send(one, json.dumps({"path": ["/"], "sealed": False}).encode())
        json.loads(frames.receive(other))
    function, arguments = transport.loads(_CALL)
    plain.dumps(function(*arguments)).decode()


def rehearse_account() -> None:
    """What a supervisor does when a run has ended."""
    own = os.getpid()
    observed = observe([own])
    fingerprint([own])
    chronicle = Chronicle.read(b"%d\tstarted\t\t1\n" % own, own, observed.values())
    leaks = (
        *descriptor_leaks(own, numbers_in("/proc/self/fd")),
        *process_leaks(own, {}, chronicle.names),
        *thread_leaks([]),
    )
    entries("/dev/shm")
    family, events = chronicle.family(observed.values()), chronicle.visible_events()
    wire.pack(Run(None, None, 0, b"", b"", 0.0, None, leaks, family, events))


_CALL = transport.dumps(lambda number: number, (1,))

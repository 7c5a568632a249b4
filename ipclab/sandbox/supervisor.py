"""Owns the namespaces of runs, and watches them, one after the other.

    helper ── supervisor (process 1 of its own PID namespace)
                  └── first process (calls the function) ── whatever the function forks

The supervisor is the reaper of every orphan, cannot be killed by a run, and takes everything with it
when it ends. A run that left nothing behind is followed by the next one; after any other, the supervisor
ends and a new one takes its place, so that no run can prepare the ground for another.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import signal
import socket
from typing import Any

from . import containment, frames, wire
from .containment import Containment
from .leaks import entries, name_leaks, remove_own_names
from .trial import Trial


class Supervisor:
    """The first process of a set of namespaces, or in their absence a subreaper."""

    def __init__(self, mode: Containment) -> None:
        self._mode = mode
        self._folders = ["/dev/shm"]
        self._shm_is_real = False  # the machine's, where a new name may be anybody's
        containment.prctl(containment.PR_SET_PDEATHSIG, signal.SIGKILL)
        if mode.has_namespaces:
            containment.private_mounts()
        else:
            containment.prctl(containment.PR_SET_CHILD_SUBREAPER, 1)

    def serve(self, client: socket.socket) -> None:
        """Perform what `client` asks for, until it closes or a run has left something behind.

        Every request must have the same `sealed`, `real_shm` and `keep`. Raises ConnectionError when the client goes.
        """
        trial: Trial | None = Trial(self._mode)
        while trial:
            request = json.loads(frames.receive(client))
            payload = frames.receive(client)
            self._prepare(request)
            before = {folder: entries(folder) for folder in {*self._folders, "/dev/shm"}}
            run = trial.watch(client, request, payload)
            for module in request["modules"]:
                importlib.import_module(module)
            # The next first process is forked while the last one exits: both take a millisecond.
            following = None if run.stuck or run.leaks or trial.overrun else Trial(self._mode)
            run = trial.end(run, following)
            names = [
                leak for folder in self._folders for leak in name_leaks(folder, before[folder])
            ]
            if self._shm_is_real:
                names += remove_own_names(before["/dev/shm"])
            if names:
                run = dataclasses.replace(run, leaks=(*run.leaks, *names))
            trial = following if not run.leaks else None
            frames.send(client, (frames.AGAIN if trial else frames.NEVER_AGAIN) + wire.pack(run))

    def _prepare(self, request: dict[str, Any]) -> None:
        if request["real_shm"] and not self._shm_is_real and self._mode.has_namespaces:
            containment.reveal_shared_memory()
            self._folders.remove("/dev/shm")
            self._shm_is_real = True
        request["real_shm"] = request["real_shm"] or not self._mode.has_namespaces
        request["sealed"] = request["sealed"] and self._mode.has_namespaces
        if request["sealed"] and "/tmp" not in self._folders:
            containment.seal(request["keep"])
            self._folders.append("/tmp")

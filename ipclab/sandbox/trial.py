"""One run, watched: its deadline, its limits, its output. Look before the kill; count what is left."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import socket
import time
from collections.abc import Iterable
from typing import Any

from . import first, frames
from .containment import Containment
from .diagnose import can_be_interrupted, diagnose
from .gather import Gathered
from .leaks import descriptor_leaks, process_leaks, thread_leaks
from .observe import Observed, cpu_seconds, is_held, observe
from .population import Chronicle, Population, Stillness
from .results import DESCRIPTORS_CLOSED, GARBLED, Leak, Raised, Run
from .stacks import collect_stacks
from .trace import Trace
from .tracer import Tracer
from .waitfor import WaitGraph

OUTPUT_LIMIT = 4 << 20  # bytes kept of each of stdout and stderr
_LOOK_EVERY = 20  # milliseconds between looks at population and memory
_STILL_FOR = 0.5  # seconds without a context switch before an endless wait counts as proved


class Trial:
    """One run, from the fork of its first process, ahead of need, to the end of the last."""

    def __init__(self, mode: Containment) -> None:
        self._control, theirs = socket.socketpair()
        pipes = {name: os.pipe2(os.O_CLOEXEC) for name in ("stdout", "stderr", "events", "stacks")}
        self._population = Population(
            first.fork(theirs, {name: w for name, (_, w) in pipes.items()}, mode), mode
        )
        theirs.close()
        self._gathered: dict[str, Gathered] = {}
        for name, (read_fd, write_fd) in pipes.items():
            os.close(write_fd)
            self._gathered[name] = Gathered(read_fd, OUTPUT_LIMIT)
        self._inbox = bytearray()
        self._messages: list[dict[str, Any]] = []
        self._sealed, self._real_shm = False, False
        self._let_go = False  # the first process has answered, and ends by itself
        self._tracer: Tracer | None = None
        self.overrun: str | None = None  # the limit that the run has passed, in words

    def watch(self, client: socket.socket, request: dict[str, Any], payload: bytes) -> Run:
        """Let the first process make the call, until it has returned or ended or must be stopped.

        The run as it stood then; what comes after that is left to `end`.
        """
        self._sealed, self._real_shm = request["sealed"], request["real_shm"]
        if request["strace"]:
            self._tracer = Tracer(request["strace"], self.first)
            self._population.tracer = self._tracer.pid
        frames.send(self._control, json.dumps(request).encode())
        frames.send(self._control, payload)
        self._control.setblocking(False)
        run = self._watch(client, request["deadline"])
        return dataclasses.replace(run, trace=self._recorded()) if self._tracer else run

    def end(self, run: Run, following: Trial | None) -> Run:
        """See that no process of the run is left; only `following`, if it is given, may go on."""
        spared = {following.first} if following else set()
        if self._let_go:
            self._population.await_first()
        left = self._population.end(spared)
        self._drain()
        stdout, stderr = (self._gathered[stream].text() for stream in ("stdout", "stderr"))
        os.close(self._population.fileno())
        self._control.close()
        for gathered in self._gathered.values():
            os.close(gathered.read_fd)
        status = run.exit_status if run.stuck or self.overrun else self._population.exit_status
        return dataclasses.replace(
            run, leaks=(*run.leaks, *left), exit_status=status, stdout=stdout, stderr=stderr
        )

    @property
    def first(self) -> int:
        return self._population.first

    def _watch(self, client: socket.socket, deadline: float) -> Run:
        """Until the function has returned, its process has ended, or it must be stopped."""
        started = time.monotonic()
        stillness = Stillness(_STILL_FOR)
        while True:
            ready = self._await_something(client)
            elapsed = time.monotonic() - started
            self._drain()
            if client.fileno() in ready:
                raise ConnectionError("the client has gone")
            try:
                if self._take_messages():
                    return self._returned(elapsed)
            except (ValueError, TypeError, KeyError, frames.FrameError):
                return self._account(elapsed, exception=GARBLED)
            if self._population.fileno() in ready:
                return self._ended(elapsed)
            if run := self._judge(stillness, elapsed, deadline):
                return run

    def _await_something(self, client: socket.socket) -> set[int]:
        """The descriptors that are ready; after a short while none."""
        poller = select.poll()
        open_streams = [
            gathered.read_fd for gathered in self._gathered.values() if not gathered.ended
        ]
        sources = (self._control, self._population, client)
        for source in (*(source.fileno() for source in sources), *open_streams):
            poller.register(source, select.POLLIN)
        return {descriptor for descriptor, _ in poller.poll(_LOOK_EVERY)}

    def _judge(self, stillness: Stillness, elapsed: float, deadline: float) -> Run | None:
        """Must the run be stopped? It passed a limit, can never go on, or has had its time."""
        pids = self._population.pids()
        self.overrun = self._population.overrun(pids)
        if self.overrun:
            exception = Raised("LimitExceeded", f"{self.overrun} and was stopped", None, "")
            return self._account(elapsed, exception=exception)
        late = elapsed > deadline
        if not late:
            if not stillness.reached(pids):
                return None
            if self._tracer and any(map(is_held, pids)):
                self._stop_tracing()  # strace holds a stopped process in a way of its own
                return None  # we look again when it is plainly stopped
        observed = observe(pids)
        chronicle = self._chronicle(observed.values())
        served = {os.fstat(gathered.read_fd).st_ino for gathered in self._gathered.values()}
        graph = WaitGraph(
            observed, chronicle.names, self.first, served, self._sealed, self._real_shm
        )
        proved = not graph.alive and not chronicle.has_timers and not can_be_interrupted(graph)
        return self._stopped(graph, elapsed, proved) if proved or late else None

    def _returned(self, elapsed: float) -> Run:
        """The function has returned; its process stands still until we have looked at it."""
        ready, answer = self._messages[:2]
        self._population.settle()
        leaks = [
            *descriptor_leaks(self._population.first, ready["ready"]),
            *thread_leaks(answer.get("threads")),
        ]
        raised = answer.get("exception")
        exception = Raised(**raised) if raised else None
        run = self._account(elapsed, leaks, exception)
        self._control.setblocking(True)
        self._control.send(b"\0")
        self._let_go = True
        return dataclasses.replace(run, value=answer.get("value"))

    def _ended(self, elapsed: float) -> Run:
        """The first process has ended without an answer."""
        if self._tracer:
            self._tracer.await_report_of(self.first)
        run = self._account(elapsed)
        if self._population.await_first() == first.CONTROL_LOST:
            return dataclasses.replace(run, exception=DESCRIPTORS_CLOSED)
        return run

    def _stopped(self, graph: WaitGraph, elapsed: float, proved: bool) -> Run:
        """It is stuck or was too slow: look, then take stacks; the kill comes after."""
        shares = {pid: cpu_seconds(pid) / elapsed for pid in graph.processes}
        run = self._account(elapsed)
        self._stop_tracing()  # the signals that ask for stacks are none of the run's doing
        stacks = collect_stacks(self._gathered["stacks"].read_fd, graph.processes.values())
        processes = tuple(
            dataclasses.replace(process, stack=stacks.get(process.pid, ()))
            for process in graph.describe()
        )
        stuck = diagnose(graph, stacks, proved, shares, elapsed)
        return dataclasses.replace(run, leaks=(), stuck=stuck, processes=processes)

    def _account(
        self, elapsed: float, leaks: list[Leak] | None = None, exception: Raised | None = None
    ) -> Run:
        """The state of the run at this moment; what is known later is filled in later."""
        self._drain()
        pids = self._population.pids()
        alone = pids == [self._population.first] and not leaks  # then there is nothing to look at
        observed = {} if alone else observe(pids)
        chronicle = self._chronicle(observed.values())
        others = {
            pid: process for pid, process in observed.items() if pid != self._population.first
        }
        return Run(
            value=None,
            exception=exception,
            exit_status=None,
            stdout=b"",
            stderr=b"",
            seconds=elapsed,
            stuck=None,
            leaks=(*(leaks or ()), *process_leaks(self._population.first, others, chronicle.names)),
            processes=chronicle.family(observed.values()),
            events=chronicle.visible_events(),
        )

    def _chronicle(self, observed: Iterable[Observed]) -> Chronicle:
        forks = self._tracer.forks() if self._tracer else None
        return Chronicle.read(
            bytes(self._gathered["events"].data), self._population.first, observed, forks
        )

    def _stop_tracing(self) -> None:
        if self._tracer:
            self._tracer.stop(at_once=self.overrun is not None)
            self._population.tracer = None

    def _recorded(self) -> Trace:
        """What strace has seen, or why it could not."""
        assert self._tracer is not None
        self._stop_tracing()
        names = self._chronicle(()).names
        tracer, self._tracer = self._tracer, None
        return tracer.close(self.first, names)

    def _drain(self) -> None:
        """Take what the run has written; stacks are read when they are asked for."""
        for name, gathered in self._gathered.items():
            if name != "stacks" and not gathered.ended:
                gathered.take()
        if self._tracer:
            self._tracer.drain()

    def _take_messages(self) -> bool:
        """True once the answer is here: the second message; the first tells the open descriptors."""
        try:
            while chunk := self._control.recv(1 << 20):
                self._inbox += chunk
        except (BlockingIOError, ConnectionError):
            pass
        while len(self._inbox) >= frames.HEADER.size:
            (size,) = frames.HEADER.unpack_from(self._inbox)
            end = frames.HEADER.size + frames.checked(size)
            if len(self._inbox) < end:
                break
            self._messages.append(json.loads(self._inbox[frames.HEADER.size : end]))
            del self._inbox[:end]
        return len(self._messages) > 1

"""One run: processes that take turns, the kernel objects that they share, and a record of what they did.

    world = World()
    lock = world.semaphore("lock", 1)
    memory = world.memory.region("memory", 64)
    world.add(name, call)            # a process: what it is to call
    world.start()                    # each runs up to its first step
    world.step(number)               # one step of a process

A step is one access that another process could see. All between two of them is local, and goes with the
step before.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

import greenlet

from .events import Abort, Event, Operation, Unmodelled
from .memory import Memory, Span
from .sites import Site, Sites

MOST_STEPS = 3000  # of one run
_ABORTS = 50  # how often a process may swallow its end


class Process:
    """One simulated process."""

    def __init__(self, number: int, name: str, call: Callable[[], Any]) -> None:
        self.number = number
        self.name = name
        self.call = call
        self.greenlet: Any = None
        self.pending: Operation | None = None
        self.done = False
        self.killed = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.digest = (
            b""  # of all that it has observed: a deterministic program is where that leads
        )
        self.observed: list[
            tuple[Any, ...]
        ] = []  # what each access saw, and the shared state before it
        self.states: list[bytes] = []
        self.loops: dict[tuple[int, int], Any] = {}
        self.spin: Any = None  # set while it waits in a loop without getting on
        self.clock = 1_000_000.0
        self.clock_reads = 0
        self.endless = False
        self.local_effects = 0  # operations that may have changed local state
        self.ticks = 0  # loop heads since the last access
        self.random: Any = None

    @property
    def alive(self) -> bool:
        return not (self.done or self.killed)


class World:
    """The machine on which one schedule runs."""

    current: World | None = None  # the one whose processes run

    def __init__(self, sites: Sites, filenames: Iterable[str]) -> None:
        self.sites = sites
        self.filenames = set(filenames)
        self.memory = Memory()
        self.memory_names: dict[str, int] = {}
        self.semaphores: list[Any] = []
        self.semaphore_names: dict[str, Any] = {}
        self.shared: list[Any] = []  # objects with a digest() of their state
        self.processes: list[Process] = []
        self.events: list[Event] = []
        self.running: Process | None = None
        self.steps = 0
        self.signals: set[str] = set()  # names of semaphores known to be signals, or locks
        self.locks: set[str] = set()
        self.dead = False
        self.site = -1
        self.unmodelled: Unmodelled | None = None
        self.hub = greenlet.getcurrent()
        self._thread = threading.get_ident()

    # Processes ----------------------------------------------------------------------------------

    def add(self, name: str, call: Callable[[], Any]) -> Process:
        process = Process(len(self.processes), name, call)
        self.processes.append(process)
        return process

    def start(self) -> None:
        """Run every process up to its first step."""
        for process in self.processes:
            process.greenlet = greenlet.greenlet(self._live)
            self._resume(process, process)

    def _live(self, process: Process) -> None:
        try:
            process.result = process.call()
        except Abort:
            pass
        except Unmodelled as error:
            self.unmodelled = self.unmodelled or error
        except BaseException as error:  # a learner's program may raise anything
            process.error = error
        process.done = True
        process.pending = None

    def _resume(self, process: Process, *arguments: Any) -> None:
        World.current, self.running = self, process
        process.greenlet.switch(*arguments)
        self.running = None

    def step(self, number: int) -> None:
        """Perform the pending step of a process, and go on to its next one."""
        process = self.processes[number]
        self.steps += 1
        process.states.append(self.state())
        if process.spin is not None:
            process.spin.position += 1
        self._resume(process)

    def kill(self, number: int) -> None:
        """End a process where it stands, as SIGKILL would."""
        process = self.processes[number]
        process.killed = True
        self.note(process, "killed", "is killed here")
        process.pending = None

    def give_up_on(self, process: Process, site: int) -> None:
        """Leave a process that will never come to another step. Does not return."""
        self.site = site
        self.note(process, "endless", "this loop goes on for ever")
        process.endless, process.pending = True, None
        self.hub.switch()
        raise Abort

    def pause(self, operation: Operation) -> None:
        """Called by a process: its next step is `operation`. Returns when it is to perform it."""
        process = self.running
        if process is None:
            return  # set-up: nobody else is there yet
        if self.dead:
            raise Abort
        if threading.get_ident() != self._thread:
            # The program may swallow it, but the run is over.
            self.unmodelled = Unmodelled("it uses what is shared from a thread of its own")
            raise self.unmodelled
        process.pending = operation
        process.ticks = 0
        self.hub.switch()
        if self.dead:
            raise Abort

    def observe(self, *what: Any) -> None:
        """Something that the running process now knows."""
        process = self.running
        if process is not None:
            # repr, as hash(-1) == hash(-2), and 1 == True == 1.0.
            text = repr((self.site, what)).encode("utf-8", "surrogatepass")
            process.digest = blake2b(process.digest + text, digest_size=16).digest()
            process.observed.append((self.site, text))

    def note(
        self,
        process: Process | None,
        kind: str,
        text: str,
        reads: Iterable[Span] = (),
        writes: Iterable[Span] = (),
        changed: Iterable[tuple[int, int, bytes, bytes]] = (),
        target: str = "",
    ) -> None:
        if process is None:
            return
        site = self.sites[self.site] if 0 <= self.site < len(self.sites) else Site("", 0, 0)
        self.events.append(
            Event(
                self.steps, process.number, kind, site.filename, site.line, text,
                tuple(reads), tuple(writes), tuple(changed), target,
            )
        )  # fmt: skip

    def find_site(self) -> None:
        """For what Python calls by itself, such as __enter__: the learner's line, from the stack."""
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in self.filenames:
            frame = frame.f_back  # type: ignore[assignment]
        if frame is not None:
            self.site = self.sites.number(frame.f_code.co_filename, frame.f_lineno)

    # What is shared -----------------------------------------------------------------------------

    def state(self) -> bytes:
        """A digest of everything that processes share."""
        made = blake2b(digest_size=16)
        for image in self.memory.images():
            made.update(image)
        kernel = (
            [each.digest() for each in self.semaphores],
            sorted(self.memory_names.items()),
            sorted((name, each.number) for name, each in self.semaphore_names.items()),
            [each.digest() for each in self.shared],
        )
        made.update(repr(kernel).encode())
        return made.digest()

    def key(self, current: int) -> bytes:
        """A digest of the whole state: two runs with the same one go on alike."""
        parts = [self.state(), bytes([current + 1])]
        for each in self.processes:
            spin = b"" if each.spin is None else b"%d" % (1 + each.spin.position)
            parts.append(each.digest + bytes([each.done, each.killed]) + spin)
        return blake2b(b"|".join(parts), digest_size=16).digest()

    def close(self) -> None:
        """End all processes, whatever they do against it, and give everything back."""
        self.dead = True
        for process in self.processes:
            for _ in range(_ABORTS):
                if process.greenlet is None or process.greenlet.dead:
                    break
                self.running = process
                process.greenlet.throw(Abort)
        self.running = None
        self.memory.close()

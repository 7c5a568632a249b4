"""What the observer works with: what it is told, the gate, and how it waits for both sides."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

from ipclab.sandbox.observe import (
    cpu_seconds,
    fingerprint,
    numbers_in,
    observe_process,
    read_text,
)

LIMIT = 2.0  # seconds for what must happen soon, on a busy machine too
_LOOK_EVERY = 0.02

# Kept from before any solution is loaded: it may replace what the modules hold.
_read, _monotonic, _sleep = os.read, time.monotonic, time.sleep


class Stage:
    """The observer's place between the caller and its child."""

    def __init__(self, caller: int, told_fd: int, gate_fd: int) -> None:
        self.caller = caller
        self.lines: list[str] = []
        self.stopped: int | None = None  # a child that is held back without a gate
        self._told_fd, self._gate_fd, self._rest = told_fd, gate_fd, ""
        self._ended = self._is_restless = False

    def await_word(self, word: str, seconds: float = LIMIT) -> str | None:
        """What was told with this word. None when the call returned first, or time is up."""
        give_up = _monotonic() + seconds
        while True:
            if found := next((line for line in self.lines if line.startswith(word)), None):
                return found.removeprefix(word).strip()
            if self._ended or self.has_returned or _monotonic() > give_up:
                return None
            self.listen(max(0.0, give_up - _monotonic()))

    @property
    def has_returned(self) -> bool:
        return any(line.startswith("returned") for line in self.lines)

    def listen(self, seconds: float) -> None:
        """Take what is told within this time; return as soon as something is."""
        poller = select.poll()
        poller.register(self._told_fd, select.POLLIN)
        if not self._ended and poller.poll(seconds * 1000):
            text = _read(self._told_fd, 4096).decode(errors="replace")
            self._ended = not text
            *lines, self._rest = (self._rest + text).split("\n")
            self.lines += lines

    def open_gate(self) -> None:
        if self._gate_fd != -1:
            os.close(self._gate_fd)
            self._gate_fd = -1
            if self.stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.stopped, signal.SIGCONT)

    def be_patient(self, pid: int, seconds: float) -> dict[str, float]:
        """Hold for so long; how much processor time did `pid` use, and wait for? Ends at a return."""
        started, used, waited = _monotonic(), cpu_seconds(pid), _queued_seconds(pid)
        while (left := started + seconds - _monotonic()) > 0 and not self.has_returned:
            self.listen(left)
        return {
            "elapsed": _monotonic() - started,
            "cpu": cpu_seconds(pid) - used,
            "queued": _queued_seconds(pid) - waited,
        }

    def settle(self, pid: int) -> None:
        """Wait until a process sleeps, or has ended. One that never does is waited for only once."""
        give_up, last = _monotonic() + LIMIT, None
        while _is_alive(pid) and not self._is_restless:
            seen = fingerprint([pid])
            if seen is not None and (seen == last or _naps(pid)):
                return
            last = seen
            _sleep(_LOOK_EVERY)
            self._is_restless = _monotonic() > give_up

    def settle_or_return(self, pid: int) -> None:
        """The same, but a return is noticed, too."""
        self.settle(pid)
        self.listen(0)

    def await_end(self, pid: int) -> None:
        """Wait until a child has ended, reaped or not."""
        give_up = _monotonic() + LIMIT
        while _is_alive(pid) and _monotonic() < give_up:
            _sleep(_LOOK_EVERY / 4)

    def await_state(self, pid: int, state: str) -> None:
        give_up = _monotonic() + LIMIT
        while (found := observe_process(pid)) and _monotonic() < give_up:
            if found.state == state:
                return
            _sleep(_LOOK_EVERY / 4)


def _is_alive(pid: int) -> bool:
    found = observe_process(pid)
    return found is not None and found.state not in ("zombie", "ended")


def _queued_seconds(pid: int) -> float:
    """How long its threads could have run, and waited for a processor (/proc/PID/schedstat)."""
    found = 0
    for tid in numbers_in(f"/proc/{pid}/task"):
        fields = read_text(f"/proc/{pid}/task/{tid}/schedstat").split()
        found += int(fields[1]) if len(fields) == 3 else 0
    return found / 1e9


def _naps(pid: int) -> bool:
    """Does it sleep for a time only? Then it may do so again and again, and never be still."""
    found = observe_process(pid)
    return found is not None and all(
        thread.wait is not None and thread.wait.timed for thread in found.threads
    )

"""Exercise 5: a configuration that changes while others use it."""

from __future__ import annotations

from ipclab.exercises.exercise import Exercise

from .meanings import MEANINGS
from .requirements import REQUIREMENTS

STUB = '''
from ipclab.webserver import CONFIG, Config


def publish(memory, lock, config):
    """Store a configuration, whole, at offset 0."""
    raise NotImplementedError


def snapshot(memory, lock):
    """The Config that memory holds, whole."""
    raise NotImplementedError


def watch(memory, lock, on_change, should_stop):
    """Call on_change(config) after each change of the version, until should_stop() is true."""
    raise NotImplementedError
'''

SPEC = (
    "Write three functions. `memory` is an `mmap` that several processes share, and a configuration lies at"
    ' its offset 0 as `CONFIG = struct.Struct("<QII64s")` lays it out: version, verbosity, max_connections,'
    " greeting. `lock` is a `posix_ipc.Semaphore` with the value 1, shared by all.\n\n"
    "- `publish(memory, lock, config)` stores it. A value that does not fit raises something, or a greeting"
    " of more than 64 bytes is cut; the lock is free afterwards, and nothing behind the 80 bytes changes.\n"
    "- `snapshot(memory, lock)` returns the `Config` that is there, whole, whoever publishes meanwhile. The"
    " greeting comes without the NUL bytes that fill its field.\n"
    "- `watch(memory, lock, on_change, should_stop)` calls `on_change(config)` within 100 ms of any change of"
    " the version after its first look, with the lock free, and asks `should_stop()` at least every"
    " 100 ms, first after its first look. It returns when that is true.\n\n"
    "Several processes publish, and several watch. A version may be any number of 64 bits, also a lower one"
    " than before. About 20 lines."
)

HINTS = (
    "`CONFIG.pack(*config)` makes the 80 bytes, `Config._make(CONFIG.unpack(data))` makes a Config of them"
    ' again. Its greeting is 64 bytes long then: which of them are yours? `rstrip(b"\\0")`.',
    "Where can somebody look at your memory while you are half done? All that belongs together belongs into"
    " one `with lock:`, in publish and in snapshot. What can raise is better done before it.",
    "watch remembers a version: the one that it saw last. Each time round it takes a snapshot and compares."
    " Higher, lower, the first one again: any other version is a change.",
    "on_change may take its time, raise, or take the lock itself: call it when you have released the lock."
    " And something has to let the processor go between two looks: time.sleep(0.01).",
    "version = snapshot(memory, lock).version; `while not should_stop():` take a snapshot; if its version is"
    " another one, remember it and call on_change; sleep a little.",
)

CHOICES = {
    "a": "the old configuration or the new one, nothing else: 80 bytes are written in one go",
    "b": "also one that nobody published: some fields old, some new",
    "c": "that, but only where two processors run the two processes at the same instant",
}

EXERCISE = Exercise(
    number=5,
    slug="live-config",
    title="News for those who work",
    stars=2,
    names=("publish", "snapshot", "watch"),
    stub=STUB,
    spec=SPEC,
    hints=HINTS,
    model="ipclab.webserver.live",
    choices=CHOICES,
    meanings=MEANINGS,
    requirements=REQUIREMENTS,
)

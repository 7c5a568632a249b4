"""Does a solution keep to what the explorer simulates? Files, sockets, threads and other memory it does not.

What happened outside the simulation would look like a process that waits for nothing.
"""

from __future__ import annotations

import sys
from typing import Any

from ipclab.explorer.events import Unmodelled
from ipclab.explorer.world import World

_OUTSIDE = {
    "fcntl.fcntl": "file descriptors' locks and flags", "fcntl.flock": "locks of files",
    "fcntl.lockf": "locks of files", "fcntl.ioctl": "devices", "socket.__new__": "sockets",
    "socket.connect": "sockets", "socket.bind": "sockets", "ctypes.dlopen": "functions of C libraries",
    "ctypes.dlsym": "functions of C libraries", "_thread.start_new_thread": "threads", "os.fork": "fork",
    "subprocess.Popen": "other programs",
}  # fmt: skip
_CODE = (".py", ".pyc", ".so", ".pth", ".zip")


def watch() -> list[str]:
    """From now on, what a simulated process does outside the simulation ends it and is told here."""
    told: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        world = World.current
        if world is None or world.running is None or world.dead:
            return
        if reason := _reason(world, event, arguments):
            told.append(reason)
            raise Unmodelled(reason)

    sys.addaudithook(hook)
    return told


def _reason(world: World, event: str, arguments: tuple[Any, ...]) -> str:
    if event == "mmap.__new__" and world.memory.of_descriptor(arguments[0]) is None:
        return "memory that does not come from posix_ipc is not simulated"
    if event == "open":
        path = str(arguments[0])
        return "" if path.endswith(_CODE) else "files are not simulated"
    what = _OUTSIDE.get(event)
    return f"{what} are not simulated" if what else ""

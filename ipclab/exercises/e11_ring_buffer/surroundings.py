"""What does a process have at this moment that a buffer may leave open, or change?"""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

from ipclab.sandbox.observe import OWN_DESCRIPTORS, children_of, descriptors_of, mappings_of

SHARED_FOLDER = "/dev/shm"


def portrait() -> dict[str, Any]:
    """Descriptors, mappings, threads and children, and the settings that belong to the caller."""
    gc.collect()
    own = os.getpid()
    return {
        "descriptors": sorted(
            f"descriptor {each.number} ({each.target})"
            for each in descriptors_of(own)
            if each.number < OWN_DESCRIPTORS and "/proc/" not in each.target
        ),
        "mappings": sorted(_mapped(own)),
        "threads": sorted(each.name for each in threading.enumerate()),
        "children": sorted(map(str, children_of(own))),
        "settings": _settings(),
    }


def _mapped(pid: int) -> list[str]:
    """Shared memory that is mapped; a name may be unlinked meanwhile."""
    return [
        each.path.removesuffix(" (deleted)")
        for each in mappings_of(pid)
        if each.path.startswith((f"{SHARED_FOLDER}/", "/memfd:", "/tmp/"))
    ]


def _settings() -> dict[str, str]:
    umask = os.umask(0o077)
    os.umask(umask)
    return {
        "the current directory": os.getcwd(),
        "the umask": oct(umask),
        "the environment": str(sorted(os.environ.items())),
    }


def names() -> list[str]:
    """What stands in the folder of shared memory and semaphores, and in that for temporary files."""
    # Not what is below: the project itself may lie there, with all its packages.
    return sorted(
        os.path.join(folder, each)
        for folder in (SHARED_FOLDER, "/tmp", "/var/tmp")
        if os.path.isdir(folder)
        for each in os.listdir(folder)
    )

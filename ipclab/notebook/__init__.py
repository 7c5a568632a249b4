"""What does the course add to a notebook? `%%process`, and a guard against a bare fork.

process_magic.py    `%%process` runs its cell in the sandbox, where it may fork
fork_guard.py       a child forked from the notebook's own process can only exit

Both are there as soon as `exercise` or `experiments` is imported in IPython, or after
`%load_ext ipclab`.
"""

from __future__ import annotations

from typing import Any

__all__ = ["equip"]


def equip(shell: Any) -> None:
    """Add both to this IPython shell; once is enough, and more does no harm."""
    from . import fork_guard, process_magic

    if "process" not in shell.magics_manager.magics["cell"]:
        shell.register_magic_function(process_magic.process, "cell", "process")
    fork_guard.watch(shell)

"""`ipclab doctor`: what does this machine lack for the course, and what can be done about it?"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict

from ipclab import machine
from ipclab.machine import Finding


def findings(checks: tuple[Callable[[], Finding], ...]) -> Iterator[Finding]:
    """What the checks find, one after the other. One that can't look says so, and no more."""
    for check in checks:
        try:
            yield check()
        except Exception as error:  # a machine may be odd in any way; the other checks still help
            subject = check.__name__.replace("_", " ")
            observed = f"could not be looked at: {type(error).__name__}: {error}"
            yield Finding("note", subject, observed)


def doctor(options: Namespace) -> int:
    """Print all findings, or with `--json` one object; exit status 1 if the course cannot work."""
    found = list(findings(machine.CHECKS))
    lacking = sum(finding.status == "lacks" for finding in found)
    if options.json:
        print(json.dumps({"works": not lacking, "findings": [asdict(each) for each in found]}))
    else:
        print(*found, sep="\n", end="\n\n")
        print(f"Missing: {lacking}." if lacking else "The course works on this machine.")
    return 1 if lacking else 0

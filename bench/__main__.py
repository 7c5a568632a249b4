"""python -m bench [NAME ...]: run the benches whose names start so, print a table, write results.json."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from bench.paired import Row, table

RESULTS = Path(__file__).with_name("results.json")
SUITES = ("capture", "database", "ring", "sandbox", "webserver")


def _rows(name: str) -> list[Row]:
    # Imported when its turn comes: what one bench loads makes every fork of another dearer.
    return list(importlib.import_module(f"bench.{name}").rows())


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(SUITES))
    if unknown:
        print(
            f"bench: no such bench: {', '.join(unknown)}; try: {', '.join(SUITES)}", file=sys.stderr
        )
        return 2
    rows = [row for name in names or SUITES for row in _rows(name)]
    RESULTS.write_text(json.dumps({"rows": [row.as_json() for row in rows]}, indent=2) + "\n")
    print(table(rows))
    print(f"written to {RESULTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

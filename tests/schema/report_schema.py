"""Does a report follow report.schema.json? Asked after every check that a test makes.

fastjsonschema, because `import jsonschema` costs more than a second here; test_report.py compares
the two.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("report.schema.json").read_text())


@cache
def _compiled() -> Any:
    import fastjsonschema

    return fastjsonschema.compile(SCHEMA)


def validate(report: object) -> None:
    """Raises fastjsonschema.JsonSchemaException, which says what is wrong."""
    _compiled()(report)

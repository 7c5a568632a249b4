"""A `Run` as bytes, from the supervisor to the process that asked for it."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

from . import plain
from .results import GARBLED, Descriptor, Event, Leak, Process, Raised, Run, Stuck, Wait
from .trace import Call, Moment, Trace


def pack(run: Run) -> bytes:
    """`run.value` is what `plain.dumps` made of the value, as text, or None."""
    record = dataclasses.asdict(run)
    for stream in ("stdout", "stderr"):
        record[stream] = base64.b64encode(record[stream]).decode("ascii")
    return json.dumps(record).encode()


def unpack(data: bytes) -> Run:
    """The run; a garbled value (the learner's code shares a process with its sender) makes it a failure."""
    record = json.loads(data)
    value, record["value"] = record["value"], None
    try:
        record["value"] = None if value is None else plain.loads(value.encode())
    except (ValueError, AttributeError):
        record["exception"] = dataclasses.asdict(GARBLED)
    for stream in ("stdout", "stderr"):
        record[stream] = base64.b64decode(record[stream])
    record["exception"] = record["exception"] and Raised(**record["exception"])
    record["stuck"] = record["stuck"] and Stuck(**_tuples(record["stuck"]))
    record["leaks"] = tuple(Leak(**leak) for leak in record["leaks"])
    record["processes"] = tuple(_process(process) for process in record["processes"])
    record["events"] = tuple(Event(**event) for event in record["events"])
    record["trace"] = record["trace"] and _trace(record["trace"])
    return Run(**record)


def _trace(record: dict[str, Any]) -> Trace:
    calls = tuple(Call(**_tuples(call)) for call in record.pop("calls"))
    moments = tuple(Moment(**moment) for moment in record.pop("moments"))
    return Trace(calls, moments, **record)


def _process(record: dict[str, Any]) -> Process:
    descriptors = tuple(Descriptor(**entry) for entry in record.pop("descriptors"))
    waits = tuple(Wait(**_tuples(wait)) for wait in record.pop("waits"))
    return Process(**_tuples(record), descriptors=descriptors, waits=waits)


def _tuples(record: dict[str, Any]) -> dict[str, Any]:
    """JSON knows lists only; the frozen records hold tuples."""
    return {key: _tuple(value) for key, value in record.items()}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value

"""`ipclab webserver`: start the server, change its configuration from another shell, and look at it."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import Namespace
from typing import Any

from .config import Config
from .learners import publish_through, read_through
from .publishing import publish, read
from .shared import CONNECTIONS, PID, REQUESTS, STARTED, VERSION, Shared
from .wakeups import TakeUp, wake_and_wait

ERROR = 2
LONGEST_GREETING = 64  # bytes
LARGEST = 2**32 - 1
MOST_PORTS = 65535
MOST_WORKERS = 64
TAKE_UP_TIMEOUT = 1.0  # seconds


def serve(options: Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit status 0, or 2 when the server cannot start."""
    from .server import Server, Settings, say

    try:
        _check_range("--port", options.port, 0, MOST_PORTS)
        _check_range("--workers", options.workers, 1, MOST_WORKERS)
        solution = os.path.realpath(options.functions) if options.functions else ""
        functions = options.load(solution) if solution else None
        server = Server(Settings(options.port, options.workers, options.host, functions, solution))
        host = f"[{options.host}]" if ":" in options.host else options.host
        say(f"http://{host}:{server.port}/ by {options.workers} workers; Ctrl-C ends it")
        server.serve(on_ready=lambda: print("ready", flush=True))
    except (OSError, ValueError) as error:
        return _fail(error)
    return 0


def update_config(options: Namespace) -> int:
    """Publish a changed configuration. Exit status 0 once it is published, 2 when it is not."""
    try:
        changes = _changes(options)
        with Shared.of_running_server(options.port) as shared:
            if shared.solution:
                functions = options.load(shared.solution)
                config = publish_through(
                    shared, functions, lambda before: before._replace(**changes)
                )
            else:
                config = publish(shared, lambda before: before._replace(**changes))
            found = wake_and_wait(
                shared, config.version, shared.state["published"], TAKE_UP_TIMEOUT
            )
    except (OSError, ValueError) as error:
        return _fail(error)
    _print_take_up(config, found, options.json)
    return 0


def show_config(options: Namespace) -> int:
    """Print the configuration and how far each worker is. Exit status 0, or 2 without a server."""
    try:
        with Shared.of_running_server(options.port) as shared:
            if shared.solution:
                functions = options.load(shared.solution)
                config = read_through(shared, functions)
            else:
                _, config = read(shared)
            workers = [_worker(row) for row in shared.rows() if row[PID]]
    except (OSError, ValueError) as error:
        return _fail(error)
    fields = config._asdict() | {"greeting": config.greeting.decode("utf-8", "replace")}
    if options.json:
        print(json.dumps({**fields, "workers": workers}))
        return 0
    for name, value in fields.items():
        print(f"{name:16} {value}")
    for worker in workers:
        print(
            "worker {pid}: version {version}, {requests} requests, {connections} connections".format(
                **worker
            )
        )
    return 0


def _changes(options: Namespace) -> dict[str, Any]:
    """What shall change. Raises ValueError with the limit that is not kept."""
    changes: dict[str, Any] = {}
    for name, least in (("verbosity", 0), ("max_connections", 1)):
        value = getattr(options, name)
        if value is None:
            continue
        _check_range("--" + name.replace("_", "-"), value, least, LARGEST)
        changes[name] = value
    if options.greeting is not None:
        changes["greeting"] = _greeting(options.greeting)
    if not changes:
        raise ValueError("nothing to change: give --verbosity, --max-connections or --greeting")
    return changes


def _check_range(option: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{option} {value}: between {least} and {most:,}, please")


def _greeting(text: str) -> bytes:
    try:
        greeting = text.encode()
    except UnicodeEncodeError:  # the shell handed over other bytes
        raise ValueError("the greeting is not UTF-8") from None
    if len(greeting) > LONGEST_GREETING:
        raise ValueError(
            f"the greeting has {len(greeting)} bytes in UTF-8; {LONGEST_GREETING} are allowed"
        )
    if "\0" in text:
        raise ValueError("the greeting contains a NUL, which fills up the rest of its field")
    return greeting


def _worker(row: memoryview) -> dict[str, int | float]:
    return {
        "pid": row[PID],
        "version": row[VERSION],
        "requests": row[REQUESTS],
        "connections": row[CONNECTIONS],
        "uptime": round((time.monotonic_ns() - row[STARTED]) / 1e9, 3),
    }


def _print_take_up(config: Config, found: TakeUp, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"version": config.version, **found._asdict()}))
        return
    words = f"version {config.version} is published; {found.taken_up} of {found.workers} workers"
    if not found.taken_up:
        print(f"{words} have taken it up within {TAKE_UP_TIMEOUT} s")
    else:
        print(f"{words} have taken it up, the last of them after {found.seconds * 1000:.2f} ms")


def _fail(error: Exception) -> int:
    words: object = error
    if isinstance(error, OSError) and error.strerror:
        words = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    print(f"ipclab webserver: {words}", file=sys.stderr)
    return ERROR

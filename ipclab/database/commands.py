"""`ipclab database`: serve, get, set, delete, stats."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Callable

from .client import Client, ServerError

ABSENT, FAILED, USAGE = 1, 2, 2


def serve(args: argparse.Namespace) -> int:
    """Until SIGTERM or Ctrl-C. Prints "ready" once it answers."""
    from . import server

    if not 1 <= args.workers <= server.MOST_WORKERS:
        return _complain(f"--workers {args.workers}: 1 to {server.MOST_WORKERS}", USAGE)
    if not 1 <= args.slots <= server.MOST_SLOTS:
        return _complain(f"--slots {args.slots}: 1 to {server.MOST_SLOTS:,}", USAGE)
    try:
        return server.serve(
            args.path, args.workers, _socket_path(args), args.slots,
            ready=lambda: print("ready", flush=True),
            functions=args.load(args.functions) if args.functions else None,
        )  # fmt: skip
    except ValueError as error:
        return _complain(str(error))
    except (OSError, sqlite3.Error) as error:
        return _complain(_sentence(error, args.path))


def get(args: argparse.Namespace) -> int:
    """Writes the value, byte for byte; a terminal gets a line end after it."""

    def show(client: Client) -> int:
        value = client.get(os.fsencode(args.key))
        if value is None:
            return ABSENT
        sys.stdout.buffer.write(value + (b"\n" if sys.stdout.isatty() else b""))
        sys.stdout.buffer.flush()
        return 0

    return _ask(args, show)


def set_(args: argparse.Namespace) -> int:
    def change(client: Client) -> int:
        client.set(os.fsencode(args.key), os.fsencode(args.value))
        return 0

    return _ask(args, change)


def delete(args: argparse.Namespace) -> int:
    def change(client: Client) -> int:
        client.delete(os.fsencode(args.key))
        return 0

    return _ask(args, change)


def stats(args: argparse.Namespace) -> int:
    def show(client: Client) -> int:
        numbers = client.stats()
        if args.json:
            print(json.dumps(numbers))
        else:
            for name, number in numbers.items():
                shown = " ".join(map(str, number)) if isinstance(number, list) else f"{number:,}"
                print(f"{name:10} {shown}")
        return 0

    return _ask(args, show)


def _ask(args: argparse.Namespace, what: Callable[[Client], int]) -> int:
    try:
        with Client(_socket_path(args)) as client:
            return what(client)
    except (OSError, ServerError, ValueError) as error:
        return _complain(str(error))


def _socket_path(args: argparse.Namespace) -> str:
    return str(args.socket or f"{args.path}.sock")


def _sentence(error: Exception, path: str) -> str:
    if isinstance(error, sqlite3.Error):
        return f"{path}: {error}; is it an SQLite file, in a folder that you may write to?"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _complain(sentence: str, status: int = FAILED) -> int:
    print(f"ipclab database: {sentence}", file=sys.stderr)
    return status

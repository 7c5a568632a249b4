"""Where do the values stay when the server ends?

In SQLite: one file, one table. In WAL mode readers do not wait for the writer, and a commit is one append to
the file beside it; SQLite lets one process write at a time. A commit survives the death of any process. It
is not forced to the disk each time (synchronous=NORMAL), so a power failure may take the last ones back.

A connection must not go through a fork: every worker makes its own.

Read more: https://sqlite.org/wal.html, https://sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
"""

from __future__ import annotations

import os
import sqlite3

_WAIT_FOR_WRITER = 10.0  # seconds
_GET = "SELECT value FROM pairs WHERE key = ?"
_SET = "INSERT INTO pairs VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_DELETE = "DELETE FROM pairs WHERE key = ?"


class Store:
    """The pairs in the file at `path`, which is made if need be, for this user only.

    Raises sqlite3.Error in every method; at first OSError for a path that cannot be opened.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        os.close(
            os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        )  # nobody else's to read
        # isolation_level None: every statement is a transaction of its own, committed when it returns.
        self._database = sqlite3.connect(path, timeout=_WAIT_FOR_WRITER, isolation_level=None)
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS pairs (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"
            )
        except BaseException:
            self.close()
            raise

    def get(self, key: bytes) -> bytes | None:
        row = self._database.execute(_GET, (key,)).fetchone()
        return None if row is None else row[0]

    def set(self, key: bytes, value: bytes) -> None:
        self._database.execute(_SET, (key, value))

    def delete(self, key: bytes) -> None:
        self._database.execute(_DELETE, (key,))

    def close(self) -> None:
        self._database.close()

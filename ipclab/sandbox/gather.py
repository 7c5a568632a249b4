"""Takes what a run writes, so that it never blocks on us, and keeps what is reasonable."""

from __future__ import annotations

import os

_CHUNK, _PORTIONS = 1 << 16, 16


class Gathered:
    """Bytes that came out of one descriptor, up to a limit; what is over that is only counted."""

    def __init__(self, read_fd: int, limit: int) -> None:
        os.set_blocking(read_fd, False)
        self.read_fd, self._limit = read_fd, limit
        self.data, self.dropped, self.ended = bytearray(), 0, False

    def take(self) -> None:
        """Read what is there, at most some portions: a writer may be faster than we are."""
        for _ in range(_PORTIONS):
            try:
                chunk = os.read(self.read_fd, _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self.ended = True
                return
            room = max(0, self._limit - len(self.data))
            self.data += chunk[:room]
            self.dropped += len(chunk) - len(chunk[:room])

    def text(self) -> bytes:
        """What came, with a note when something was dropped."""
        note = f"\n[… {self.dropped:,} more bytes]\n".encode() if self.dropped else b""
        return bytes(self.data) + note

"""The places in the sources where a step may happen, by number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """A place in the source where a step may happen."""

    filename: str
    line: int
    column: int


class Sites(list[Site]):
    """All places of all sources, by number."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[tuple[str, int], int] = {}

    def number(self, filename: str, line: int) -> int:
        """The number of a line as a whole, the same each time."""
        if (filename, line) not in self._lines:
            self.append(Site(filename, line, 0))
            self._lines[filename, line] = len(self) - 1
        return self._lines[filename, line]

"""Which byte of shared memory means what?

Shared memory is bytes and nothing else. Every program that uses them must agree where each number
stands, how many bytes it has, and in which order: on a *layout*. It is declared once, field by field,
in the letters of the `struct` module, and fixed: little-endian, no gaps but those that are declared.

    CONFIG = Layout("config", 1, version="Q", verbosity="I", max_connections="I", greeting="64s")

Behind the fields stands a stamp: the layout's name, its version, and a checksum of its declaration.
It is written last, when all fields have their first values. Whoever comes too early finds no stamp,
and whoever expects another layout finds another one, instead of numbers that mean something else.

Two rules keep one field whole where a lock does not protect it: a number of n bytes stands at a
multiple of n, so that the processor moves it in one step, and it is moved with one copy of n bytes.
`struct.pack_into` does neither: it fills its target with zeroes first, and everybody sees them.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

STAMP = struct.Struct("<8sII")  # name, version, checksum of the declaration
_ROW = 16  # bytes in one line of the map
_CELL = 3  # characters for one byte of the map


class Field(NamedTuple):
    """One field: its place in bytes from the start, its letters, how many bytes it takes."""

    name: str
    offset: int
    letters: str
    size: int

    @property
    def place(self) -> slice:
        return slice(self.offset, self.offset + self.size)

    def pack(self, value: object) -> bytes:
        return struct.pack("<" + self.letters, value)

    def unpack(self, data: bytes) -> Any:
        return struct.unpack("<" + self.letters, data)[0]


class Layout:
    """A name of at most 8 ASCII letters, a version, and fields in their order.

    Raises ValueError when the name is too long, a field has more than one value, or a number does
    not stand at a multiple of its size.
    """

    def __init__(self, name: str, version: int, /, **letters: str) -> None:
        if not (name.isascii() and 1 <= len(name) <= 8):
            raise ValueError(f"a layout's name has 1 to 8 ASCII letters, not {name!r}")
        self.name, self.version = name, version
        self.fields: dict[str, Field] = {}
        self.stamp_offset = 0
        for field_name, field_letters in letters.items():
            field = Field(field_name, self.stamp_offset, field_letters, _size_of(field_letters))
            _check_place(field)
            self.fields[field_name] = field
            self.stamp_offset += field.size
        declaration = ",".join(f"{field}={code}" for field, code in letters.items())
        self.stamp = STAMP.pack(name.encode(), version, zlib.crc32(declaration.encode()))
        self.size = self.stamp_offset + STAMP.size  # bytes, with the stamp

    def pack(self, values: Mapping[str, object]) -> bytes:
        """All fields as bytes, without the stamp; zero where no value is given. Raises KeyError."""
        data = bytearray(self.stamp_offset)
        for name, value in values.items():
            data[self.fields[name].place] = self.fields[name].pack(value)
        return bytes(data)

    def unpack(self, data: bytes) -> dict[str, Any]:
        """The fields' values, out of a copy of the bytes."""
        return {name: field.unpack(data[field.place]) for name, field in self.fields.items()}

    def mismatch(self, stamp: bytes) -> str | None:
        """What another stamp says, in words; None when it is this layout's."""
        if stamp == self.stamp:
            return None
        if not any(stamp):
            return "it has no stamp yet: its creator has not filled it"
        name, version, _ = STAMP.unpack(stamp)
        text = name.rstrip(b"\0").decode("ascii", "backslashreplace")
        found = f"{text!r} version {version}"
        if (name, version) == STAMP.unpack(self.stamp)[:2]:
            return f"{found} was declared with other fields; count the version up with every change"
        return f"it holds {found}, not {self.name!r} version {self.version}"

    def __str__(self) -> str:
        """A map of the bytes: 16 in a line, each field under its name."""
        ruler = " ".join(f"{column:2}" for column in range(_ROW))
        title = f"{self.name}, version {self.version}: {self.size} bytes"
        return "\n".join([title, f"{'':6} {ruler}", *self._rows()])

    def _rows(self) -> Iterator[str]:
        places = [(field.name, field.offset, field.size) for field in self.fields.values()]
        places.append(("stamp", self.stamp_offset, STAMP.size))
        cells = [cell for name, _, size in places for cell in _cells(name, size)]
        rows = ["".join(cells[start : start + _ROW]) for start in range(0, len(cells), _ROW)]
        blank = " " * (_CELL * _ROW)
        for number, row in enumerate(rows):
            if row == blank and rows[number - 1] == blank:
                continue  # the middle of a long field
            label = f"{number * _ROW:6}" if row != blank else "   ..."
            yield f"{label}|{row}".rstrip()


def _cells(name: str, size: int) -> list[str]:
    """What the map shows for each byte of a field: its name, a line at its end."""
    text = name[: _CELL * size - 1].ljust(_CELL * size)[:-1] + "|"
    return [text[start : start + _CELL] for start in range(0, len(text), _CELL)]


def _size_of(letters: str) -> int:
    size = struct.calcsize("<" + letters)
    if size == 0 or len(struct.unpack("<" + letters, bytes(size))) != 1:
        raise ValueError(f"{letters!r}: one value a field, such as 'Q', 'I' or '64s'")
    return size


def _check_place(field: Field) -> None:
    is_number = not field.letters.endswith(("s", "p"))
    if is_number and field.offset % field.size:
        raise ValueError(
            f"{field.name} ({field.size} bytes) would stand at byte {field.offset}, which is no "
            f"multiple of {field.size}: declare larger numbers first"
        )

"""The shared memory of a run, and which bytes of it an object stands for.

The objects are real: mmap, memoryview, struct, ctypes, NumPy. An object is shared when its bytes lie in a
mapping of a region, which its address tells, however the object was made.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from dataclasses import dataclass
from typing import Any

WORD = 8  # bytes that a processor stores at once, when they are aligned
_CDATA: type = ctypes.c_int.__mro__[-2]


class Region:
    """Bytes that several processes map: an object of memory, with the simulation's own mapping."""

    def __init__(self, name: str, size: int = 0, initial: bytes = b"") -> None:
        self.name = name
        self.fd = os.memfd_create("explorer")
        self.base: mmap.mmap | None = None
        if size:
            os.ftruncate(self.fd, size)
            self.mapped()[: len(initial)] = initial

    def mapped(self) -> mmap.mmap:
        """The simulation's own mapping, as large as the object is by now."""
        size = os.fstat(self.fd).st_size
        if self.base is None or len(self.base) != size:
            self.base = mmap.mmap(self.fd, size)
        return self.base

    def image(self) -> bytes:
        return self.base[:] if self.base is not None else b""

    def close(self) -> None:
        if self.base is not None:
            self.base.close()
        os.close(self.fd)


@dataclass(frozen=True)
class Span:
    """Bytes `low` to `high - 1` of a region."""

    region: int
    low: int
    high: int

    def words(self) -> set[tuple[int, int]]:
        return {(self.region, word) for word in range(self.low // WORD, -(-self.high // WORD))}


class Memory:
    """All regions of one run, and where each process has mapped them."""

    def __init__(self) -> None:
        self.regions: list[Region] = []
        self.maps: list[tuple[mmap.mmap, int, int, int]] = []  # mapping, address, size, region
        self.descriptors: list[int] = []

    def region(self, name: str, size: int = 0, initial: bytes = b"") -> int:
        self.regions.append(Region(name, size, initial))
        return len(self.regions) - 1

    def map(self, number: int) -> mmap.mmap:
        """A new mapping of a whole region, as another process would make it."""
        base = self.regions[number].mapped()
        made = mmap.mmap(self.regions[number].fd, len(base))
        self.register(made, number, 0)
        return made

    def register(self, made: mmap.mmap, number: int, offset: int) -> None:
        self.regions[number].mapped()
        address = _address(made)
        if address is not None:
            self.maps.append((made, address - offset, len(made) + offset, number))

    def of_descriptor(self, fd: object) -> int | None:
        """The region whose object a descriptor stands for."""
        try:
            status = os.fstat(fd)  # type: ignore[arg-type]
        except (OSError, TypeError, OverflowError):
            return None
        for number, region in enumerate(self.regions):
            if os.fstat(region.fd).st_ino == status.st_ino and status.st_dev == _device(region):
                return number
        return None

    def locate(self, value: object) -> Span | None:
        """The bytes of shared memory that an object stands for; None when it stands for none."""
        if isinstance(value, mmap.mmap):
            for made, _, length, number in self.maps:
                if made is value:
                    return Span(number, 0, length)
            return None
        address: int | None = _address(value)
        size = _length(value)
        while address is None and isinstance(value, memoryview) and value.obj is not None:
            inner = value.obj
            if isinstance(inner, mmap.mmap):
                return self.locate(inner)
            value, address, size = inner, _address(inner), _length(inner)
        if address is None:
            return None
        for _, start, length, number in self.maps:
            if start <= address < start + length:
                return Span(number, address - start, min(address - start + size, length))
        return None

    def images(self) -> list[bytes]:
        return [region.image() for region in self.regions]

    def changes(self, before: list[bytes]) -> list[tuple[int, int, bytes, bytes]]:
        """The words that differ from `before`: region, offset, old bytes, new bytes."""
        found = []
        for number, (old, new) in enumerate(zip(before, self.images(), strict=False)):
            if old == new or len(old) != len(new):
                continue
            for low in range(0, len(new), WORD):
                if old[low : low + WORD] != new[low : low + WORD]:
                    found.append((number, low, old[low : low + WORD], new[low : low + WORD]))
        return found

    def put(self, number: int, low: int, data: bytes) -> None:
        self.regions[number].mapped()[low : low + len(data)] = data

    def close(self) -> None:
        for region in self.regions:
            region.close()
        for fd in self.descriptors:
            try:
                os.close(fd)
            except OSError:
                continue  # the learner closed it
        self.maps.clear()


def may_be_shared(kind: type) -> bool:
    """Could an object of this type be a view of shared memory?"""
    if issubclass(kind, mmap.mmap | memoryview | _CDATA):
        return True
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, numpy.ndarray)


def is_ctypes(value: object) -> bool:
    return isinstance(value, _CDATA)


def _device(region: Region) -> int:
    return os.fstat(region.fd).st_dev


def _address(value: Any) -> int | None:
    if isinstance(value, _CDATA):
        return ctypes.addressof(value)  # type: ignore[arg-type]
    interface = getattr(value, "__array_interface__", None)
    if interface is not None:
        return int(interface["data"][0])
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(value))
    except (TypeError, ValueError, BufferError):
        return None


def _length(value: Any) -> int:
    if isinstance(value, _CDATA):
        return ctypes.sizeof(value)  # type: ignore[arg-type]
    return int(getattr(value, "nbytes", 0)) or 1

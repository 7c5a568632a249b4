"""Which files leave a mistake no hiding place?"""

from __future__ import annotations

import random

from .scenarios import LARGE, MIB, Case

PLAIN = (
    Case(b"one two one three one", b"one", b"six"),
    Case(b"nothing of that kind", b"xyz", b"abc"),
    Case(b"x", b"x", b"y"),
)

REFUSED = (
    Case(b"one two one", b"one", b"three"),
    Case(b"one two one", b"one", b"a"),
    Case(b"one two one", b"one", b""),
    Case(b"nothing of that kind", b"xyz", b"xyzz"),
    Case(b"", b"ab", b"a"),
    Case(b"one two one", b"", b"a"),
    Case(b"one two one", b"", b""),
    Case(b"", b"", b""),
)

OVERLAPS = (
    Case(b"aaaa", b"aa", b"bc"),
    Case(b"aaaaa", b"aa", b"bb"),
    Case(b"aaa", b"aa", b"xy"),
    Case(b"abababa", b"aba", b"xyz"),
    Case(b"aaaaaaa", b"aaa", b"aab"),
)

CHAINS = (
    Case(b"aabb", b"ab", b"ba"),
    Case(b"aab" * 7, b"ab", b"ba"),
    Case(b"abcabcabc", b"abc", b"bca"),
    Case(b"baab", b"ba", b"ab"),
    Case(b"same same", b"same", b"same"),
    Case(b"aaaa", b"aa", b"aa"),
)


def awkward(page: int) -> tuple[Case, ...]:
    """At the edges of file, page and chunk; in names and bytes that a program may trip over."""
    every = bytes(range(256))
    cases = [
        Case(b"edge" + bytes(20), b"edge", b"EDGE"),
        Case(bytes(20) + b"edge", b"edge", b"EDGE"),
        Case(b"edge", b"edge", b"EDGE"),
        Case(b"edg", b"edge", b"EDGE"),
        Case(b"e", b"e" * 5000, b"f" * 5000),
        Case(every * 3, every[10:14], b"\r\n\0\x1a"),
        Case(every, every, every[::-1]),
        Case(b"a.c abc a+c a\nc", b"a.c", b"\\1g"),
        Case(b"[x] (x) \\x", b"(x)", b"\\g0"),
        Case(b"ab\ncd\r\nef\r", b"\r\n", b"\n\n"),
        Case(b"\0\0\0\1\0", b"\0\0", b"\1\1"),
        Case(b"\xff\xfe\x80", b"\xff", b"\x80"),
        Case(b"old", b"old", b"new", "a name with spaces"),
        Case(b"old", b"old", b"new", "gr\xfc\xdfe \u4e2d"),
        Case(b"old" * 40_000, b"old", b"new"),
    ]
    for size in (page, page + 1, 2 * page, 3 * page - 1):
        cases.append(_planted(size, [0, *range(page - 2, size - 4, page)]))
        cases.append(_planted(size, [size - 4]))
    return (*cases, *_at_chunks(page))


def _at_chunks(page: int) -> list[Case]:
    """Words that lie across the edges of usual chunks: one is cut at each of its letters."""
    chunks = (512, 1024, 8192, 16_384, 65_536)
    cuts = [
        _planted(65_536 + page, [chunk - cut for chunk in chunks], b"12345678")
        for cut in (1, 2, 7, 8, 0)
    ]
    return [*cuts, _planted(MIB + page, [MIB - 4], b"12345678")]


def _planted(size: int, places: list[int], word: bytes = b"edge") -> Case:
    content = bytearray(b"." * size)
    for place in places:
        content[place : place + len(word)] = word
    return Case(bytes(content[:size]), word, word.swapcase() if word.isalpha() else word[::-1])


def random_cases(dice: random.Random) -> list[Case]:
    """Short files over few letters, in which words meet, overlap and make one another."""
    cases = []
    for number in range(60):
        letters = dice.choice((b"ab", b"abc", b"\0\1", b"ab\n"))
        length = dice.randrange(1, 5)
        content = bytes(dice.choices(letters, k=dice.randrange(1, 60)))
        old, new = (bytes(dice.choices(letters, k=length)) for _ in range(2))
        cases.append(Case(content, old, new, f"file-{number}"))
    return cases


def places(dice: random.Random, size: int) -> list[int]:
    """Where the words stand in the large file: both ends, edges of each second MiB, and elsewhere."""
    edges = [number * MIB - size // 2 for number in range(2, LARGE // MIB, 2)]
    inside = [number * MIB + dice.randrange(size, MIB - 2 * size) for number in range(LARGE // MIB)]
    return sorted([0, LARGE - size, *edges, *inside[1:-1]])

# ruff: noqa: E501
"""A rewritten program does what the program does, on one process, for every kind of statement."""

from __future__ import annotations

import traceback
from types import SimpleNamespace

import pytest

from ipclab.explorer.compiling import rewrite
from ipclab.explorer.hooks import HOOKS
from ipclab.explorer.sites import Sites

PROGRAMS = {
    "subscripts": "a = [1, 2, 3]\na[0] = a[1] = a[2] + 4\na[0] += 5\na[1:] = [9]\nresult = a, a[::-1]",
    "order": (
        "log = []\ndef f(x):\n    log.append(x)\n    return x\nd = {}\nd[f(1)] = f(2)\n"
        "d[f(3)], d[f(4)] = f(5), f(6)\nd[f(1)] += f(7)\nresult = log, d"
    ),
    "unpacking": "a = [0, 0]\na[0], i, *a[1:] = 7, 1, 8, 9\n(x, [y, a[0]]), z = (1, (2, 3)), 4\nresult = a, i, x, y, z",
    "index of the left": "i = 0\na = [0, 0]\ni, a[i] = 1, 5\nresult = a",
    "attributes": "o.x = 1\no.x += 2\no.y = o.z = [o.x]\no.y[0] -= 1\ndel o.z\nresult = vars(o)",
    "private names": (
        "class _C:\n    __k = 1\n    def __init__(self):\n        self.__x = 1\n        self.__x += self.__k\n"
        "    def get(self):\n        return self.__x, vars(self)\nresult = _C().get()"
    ),
    "super": (
        "class A:\n    def f(self, n=1):\n        return n\nclass B(A):\n    def f(self, *a, **k):\n"
        "        return super().f(*a, **k) + 1\nresult = B().f(), B().f(3), B().f(n=4)"
    ),
    "loops": (
        "r = []\nfor i in range(5):\n    if i == 1: continue\n    if i == 3: break\n    r.append(i)\nelse:\n    r.append('no')\n"
        "while r:\n    r.pop()\nelse:\n    r.append('else')\nfor o.x, (a, o.y) in [(1, (2, 3))]: r.append((o.x, a, o.y))\nresult = r"
    ),
    "comprehensions": "result = [x * y for x in range(3) if x for y in (1, 2)], {k: v for k, v in [(1, 2)]}, {*'ab'} == {'a', 'b'}",
    "with": (
        "import contextlib\n@contextlib.contextmanager\ndef m(v):\n    yield v\n"
        "with m(1) as o.x, m((2, 3)) as (a, o.y):\n    result = o.x, a, o.y"
    ),
    "exceptions": (
        "r = []\ntry:\n    [][1]\nexcept IndexError as e:\n    r.append(str(e))\nelse:\n    r.append(0)\n"
        "finally:\n    r.append('f')\nresult = r"
    ),
    "generators": "def g():\n    x = yield 1\n    yield from (x, 3)\ni = g()\nresult = next(i), i.send(2), next(i)",
    "lambda": "f = lambda a, *b, k=2, **c: (a, b, k, c)\nresult = f(1, 2, z=3), (lambda: (y := 5) + y)()",
    "comparisons": "result = 1 < 2 < 3, 1 in [1], 2 not in {2}, None is None, 'a' != 'b', 1 == 1.0",
    "operators": "x = 7\nx //= 2\nx **= 2\nx <<= 1\nx |= 1\nx ^= 2\nx &= 31\nx %= 20\nresult = x, -x, not x, 7 / 2, [1] @ o if 0 else 1",
    "lists in place": "a = b = [1]\na += [2]\na *= 2\nresult = a, b is a",
    "match": (
        "def f(v):\n    match v:\n        case [x, y] if x < y: return x + y\n        case {'k': [z]}: return z\n"
        "        case str(s): return s[0]\n        case _: return None\nresult = f([1, 2]), f([2, 1]), f({'k': [5]}), f('ab')"
    ),
    "f-strings": "v = [1.5]\nresult = f'{v[0]:.2f} {v!r} {v[0] + 1:{4}}'",
    "annotations": "x: list[int] = [1]\no.x: int = 3\ndef f(a: 'y[0]' = 2) -> 'z.q': return a\nresult = x, o.x, f()",
    "nonlocal": "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n    return g() + g()\nresult = f()",
    "global": "n = 0\ndef f():\n    global n\n    n += 2\nf()\nresult = n",
    "decorators": "def d(n):\n    return lambda f: lambda *a: f(*a) * n\n@d(3)\ndef f(x): return x\nresult = f(2)",
    "walrus": "result = [y for x in range(3) if (y := x * 2)], y",
    "recursion": "def f(n): return 1 if n < 2 else n * f(n - 1)\nresult = f(6)",
    "class body": "class A:\n    t = [1]\n    t[0] += 1\n    u = t[0] * 2\nresult = A.t, A.u",
    "slices": "class S:\n    def __getitem__(self, k): return k\ns = S()\nresult = s[1:2, ::3, 4], s[:], s[1, 2]",
    "assert": "try:\n    assert 1 == 2, 'no'\nexcept AssertionError as e:\n    result = str(e)",
    "star call": "def f(*a, **k): return a, k\nresult = f(*[1, 2], 3, **{'x': 4}, y=5)",
    "ternary": "result = [1 if x else 2 for x in (0, 1)], 1 and 0 or 3",
    "locals": "def f(a):\n    b = a\n    return sorted(locals()), eval('a + b')\nresult = f(1)",
    "async": "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return [x async for x in g()]\nasync def g():\n    yield 1\nresult = asyncio.run(f())",
}  # fmt: skip


def outcome(code: object, extra: dict[str, object]) -> object:
    scope = {"__name__": "program", "o": SimpleNamespace(), **extra}
    exec(code, scope)  # type: ignore[arg-type]
    return scope["result"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_rewriting_changes_nothing(name: str) -> None:
    source = PROGRAMS[name]
    made = rewrite(source, "<program>", Sites())
    plain = outcome(made.plain[0], {})
    assert repr(outcome(made.hooked[0], dict(HOOKS))) == repr(plain)
    assert [each.co_name for each in made.plain] == [each.co_name for each in made.hooked]


def test_a_traceback_shows_the_learners_line() -> None:
    made = rewrite("a = [1]\n\nb = (a[0] +\n     a[3])\n", "<program>", Sites())
    with pytest.raises(IndexError) as caught:
        exec(made.hooked[0], dict(HOOKS))
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert [each.lineno for each in frames if each.filename == "<program>"] == [4]


def test_lambdas_of_one_line_are_told_apart() -> None:
    source = "pair = (lambda m: m[0], lambda m: m[1])\n"
    made = rewrite(source, "<program>", Sites())
    scope: dict[str, object] = {}
    exec(compile(source, "<program>", "exec"), scope)
    first, second = scope["pair"]  # type: ignore[misc]
    one, other = made.counterpart(first.__code__), made.counterpart(second.__code__)
    assert one is not None and other is not None
    assert eval(one, dict(HOOKS)) if one.co_argcount == 0 else one is not other

"""How does a function become one that tells of its accesses, with globals of its own in every process?

Its source text (a file, or a notebook's cell) is rewritten once. For each process of each run, the function,
what it refers to (other functions, classes, closures, containers, modules of the learner's) and the modules
that are simulated are put together anew, as after a fork.
"""

from __future__ import annotations

import builtins
import functools
import random
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from . import shims
from .hooks import HOOKS
from .sources import INSTALLED, Sources, check

_OWN = __name__.partition(".")[0]
# What of this package a learner reads and calls is explored like the learner's own code.
_EXPLORED = tuple(f"{_OWN}.{name}" for name in ("ipc", "database", "webserver"))
_ATOMS = (int, float, str, bytes, bool, type(None), complex, range, slice, type(...))
_SKIPPED = {"__dict__", "__weakref__"}


class Instance:
    """The memory image of one process: everything of the learner's, made anew."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._made: dict[int, Any] = {}
        self._kept: list[Any] = []  # so that ids stay valid
        self._later: list[Callable[[], None]] = []
        self._random: types.ModuleType | None = None
        self._scopes: dict[int, dict[str, Any]] = {}
        self._builtins = {**vars(builtins), **HOOKS, "__import__": self._import}

    def make(self, value: Any) -> Any:
        """`value`, as this process has it."""
        made = self._copy(value)
        while self._later:
            self._later.pop()()
        return made

    def _import(self, name: str, *arguments: Any) -> Any:
        made = builtins.__import__(name, *arguments)
        wanted = len(arguments) > 2 and arguments[2]
        if not wanted and "." in name:
            return made
        return self.make(made)

    def _copy(self, value: Any) -> Any:
        kind = type(value)
        if kind in _ATOMS or (kind is types.BuiltinMethodType and value.__self__ is builtins):
            return value
        identity = id(value)
        if identity in self._made:
            return self._made[identity]
        replaced = shims.replacements()
        if value is random:
            if self._random is None:
                self._random = shims.private_random()
            return self._random
        if getattr(value, "__self__", None) is getattr(random, "_inst", None) is not None:
            return getattr(self._copy(random), value.__name__)
        if identity in replaced and kind is not object:
            return replaced[identity]
        self._kept.append(value)
        made = self._made[identity] = self._fresh(value, kind)
        return made

    def _fresh(self, value: Any, kind: type) -> Any:
        if kind is types.FunctionType:
            return self._function(value)
        if kind is types.MethodType:
            return types.MethodType(self._copy(value.__func__), self._copy(value.__self__))
        if kind is types.ModuleType:
            return self._module(value)
        if kind is functools.partial:
            keywords = {key: self._copy(each) for key, each in value.keywords.items()}
            return functools.partial(
                self._copy(value.func), *map(self._copy, value.args), **keywords
            )
        if kind in (classmethod, staticmethod):
            return kind(self._copy(value.__func__))
        if kind is property:
            parts = [self._copy(each) for each in (value.fget, value.fset, value.fdel)]
            return property(parts[0], parts[1], parts[2], value.__doc__)
        if kind is functools._lru_cache_wrapper:
            return functools.lru_cache(**value.cache_parameters())(self._copy(value.__wrapped__))
        if isinstance(value, type):
            return self._class(value)
        return self._data(value, kind)

    def _data(self, value: Any, kind: type) -> Any:
        if kind is list:
            made = self._made[id(value)] = []
            made.extend(map(self._copy, value))
            return made
        if kind is dict:
            table = self._made[id(value)] = {}
            table.update((self._copy(key), self._copy(each)) for key, each in value.items())
            return table
        if kind in (tuple, set, frozenset):
            parts = [self._copy(each) for each in value]
            return value if all(map(_is, parts, value)) and kind is not set else kind(parts)
        if kind is bytearray:
            return bytearray(value)
        made_kind = self._copy(kind)
        if made_kind is not kind and hasattr(value, "__dict__"):
            instance = self._made[id(value)] = object.__new__(made_kind)
            instance.__dict__.update({key: self._copy(each) for key, each in vars(value).items()})
            return instance
        return value

    def _function(self, function: types.FunctionType) -> types.FunctionType:
        code = self._sources.hooked(function.__code__, function.__globals__)
        closure = function.__closure__ or ()
        if code is None:
            contents = [_contents(cell) for cell in closure]
            if _is_installed(function) and not any(map(_carries_code, contents)):
                return function
        cells = tuple(types.CellType() for _ in closure)
        scope = self._scope(function, code)
        made = types.FunctionType(code or function.__code__, scope, function.__name__, None, cells)
        self._made[id(function)] = made
        made.__qualname__, made.__module__ = function.__qualname__, function.__module__
        made.__doc__ = function.__doc__
        self._later.append(functools.partial(self._fill, function, made, scope if code else None))
        return made

    def _fill(
        self, function: types.FunctionType, made: types.FunctionType, scope: dict[str, Any] | None
    ) -> None:
        for old, new in zip(function.__closure__ or (), made.__closure__ or (), strict=True):
            try:
                new.cell_contents = self._copy(old.cell_contents)
            except ValueError:
                continue  # an empty cell
        made.__defaults__ = self._copy(function.__defaults__)
        made.__kwdefaults__ = self._copy(function.__kwdefaults__)
        made.__dict__.update(self._copy(vars(function)))
        if scope is not None:
            for name in _names(function.__code__):
                if name in function.__globals__ and name not in scope:
                    scope[name] = self._copy(function.__globals__[name])

    def _scope(self, function: types.FunctionType, code: types.CodeType | None) -> dict[str, Any]:
        """The globals of this process that stand for those of the function."""
        original = function.__globals__
        if code is None:
            return original
        if id(original) not in self._scopes:
            self._kept.append(original)
            self._scopes[id(original)] = {
                "__name__": original.get("__name__", "__main__"), "__builtins__": self._builtins,
            }  # fmt: skip
        return self._scopes[id(original)]

    def _module(self, module: types.ModuleType) -> types.ModuleType:
        path = getattr(module, "__file__", None)
        if not path or _is_foreign(module.__name__, path):
            return module
        made = self._made[id(module)] = types.ModuleType(module.__name__, module.__doc__)
        for name, each in list(vars(module).items()):
            if not (name.startswith("__") and name.endswith("__")):
                setattr(made, name, self._copy(each))
        return made

    def _class(self, owner: type) -> type:
        if not _is_local_class(owner) or type(owner) is not type or not self._has_source(owner):
            return owner
        slots = owner.__dict__.get("__slots__", ())
        dropped = {*_SKIPPED, *([slots] if isinstance(slots, str) else slots)}
        bases = tuple(self._copy(base) for base in owner.__bases__)
        content = {key: each for key, each in vars(owner).items() if key not in dropped}
        made = type(owner)(
            owner.__name__,
            bases,
            {
                k: v
                for k, v in content.items()
                if k in ("__slots__", "__module__", "__qualname__", "__doc__")
            },
        )
        self._made[id(owner)] = made
        for key, each in content.items():
            if key not in ("__slots__", "__module__", "__qualname__", "__doc__", "__classcell__"):
                setattr(made, key, self._copy(each))
        return made

    def _has_source(self, owner: type) -> bool:
        return any(
            self._sources.hooked(function.__code__, function.__globals__) is not None
            for each in vars(owner).values()
            for function in _functions_of(each)
        ) or any(self._copy(base) is not base for base in owner.__bases__)


def _functions_of(value: Any) -> Iterator[types.FunctionType]:
    parts = [value]
    if isinstance(value, classmethod | staticmethod):
        parts = [value.__func__]
    elif isinstance(value, property):
        parts = [value.fget, value.fset, value.fdel]
    yield from (each for each in parts if isinstance(each, types.FunctionType))


def _is(one: object, other: object) -> bool:
    return one is other


def _names(code: types.CodeType) -> set[str]:
    """The names that a function, and those defined in it, may look up among the globals."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= _names(constant)
    return found


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _carries_code(value: Any) -> bool:
    return isinstance(value, types.FunctionType | types.MethodType | type | list | dict)


def _is_installed(function: types.FunctionType) -> bool:
    return _is_foreign(function.__module__, function.__code__.co_filename)


def _is_foreign(module: str, path: str) -> bool:
    """Installed, or the explorer's own: called as it is, in one step."""
    if any(module == name or module.startswith(f"{name}.") for name in _EXPLORED):
        return False
    return path.startswith(INSTALLED) or module.partition(".")[0] == _OWN


def _is_local_class(owner: type) -> bool:
    module = sys.modules.get(owner.__module__)
    path = getattr(module, "__file__", None)
    name = owner.__module__.partition(".")[0]
    if name == "builtins" or name in sys.stdlib_module_names - {"__main__"}:
        return False
    return not _is_foreign(owner.__module__, path or "")


def texts_of(functions: list[Callable[..., Any]]) -> dict[str, str]:
    """The texts of all files and cells that these functions need. Raises NoSource."""
    sources = Sources()
    for function in functions:
        check(function, sources)
        Instance(sources).make(function)
    return {name: text for name, text in sources.texts.items() if text}

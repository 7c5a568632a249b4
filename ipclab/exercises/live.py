"""How does a function of a running notebook become a solution that another process can load?"""

from __future__ import annotations

import dis
import io
import linecache
import os
import sys
import types
from collections.abc import Iterator, Mapping

from ipclab.sandbox.transport import Pickler, by_value

from .reading import listed
from .solutions import Part, Solution, SolutionError, installed

# All that `raise NotImplementedError("…")` compiles to, in Python 3.11 to 3.13.
_STUB_OPERATIONS = {
    *("RESUME", "NOP", "CACHE", "COPY_FREE_VARS", "PUSH_NULL", "LOAD_GLOBAL", "LOAD_CONST"),
    *("PRECALL", "CALL", "RAISE_VARARGS"),
}


def from_objects(objects: tuple[object, ...], names: tuple[str, ...]) -> Solution:
    """The solution that consists of `objects`, found by their `__name__`. Raises SolutionError."""
    found = _matched(objects, names)
    return Solution(
        names,
        tuple(name for name in names if is_stub(found[name])),
        tuple(_parts(found)),
        os.getcwd(),
        _pickle(found),
    )


def _matched(objects: tuple[object, ...], names: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    nameless: list[object] = []
    for each in objects:
        name = _name_of(each, names)
        if not callable(each):
            raise SolutionError(f"{each!r:.80} is neither a function nor a class.")
        if name is None:
            nameless.append(each)
        elif name in found and found[name] is not each:
            raise SolutionError(f"{name} was given twice.")
        elif name not in names:
            raise SolutionError(
                f"{name} is not part of this exercise. It asks for {listed(names)}."
            )
        else:
            found[name] = each
    missing = [name for name in names if name not in found]
    if len(nameless) == len(missing) == 1:
        return {**found, missing[0]: nameless[0]}
    if missing or nameless:
        call = ", ".join(names)
        raise SolutionError(f"{listed(missing or names)} is missing. Write ex.check({call}).")
    return found


def _name_of(each: object, names: tuple[str, ...]) -> str | None:
    """The contract name that an object goes by: its own, or the variable that holds it."""
    own = getattr(each, "__name__", None)
    if own in names:
        return str(own)
    main = vars(sys.modules["__main__"])
    for scope in (getattr(each, "__globals__", {}), main):
        for name in names:
            if scope.get(name) is each:
                return name
    return None if own in (None, "<lambda>") else str(own)


def is_stub(each: object) -> bool:
    """Does a call only raise NotImplementedError? For a class: does that hold for all methods?"""
    if isinstance(each, type):
        methods = [function for function in map(_function, vars(each).values()) if function]
        return bool(methods) and all(map(is_stub, methods))
    if not isinstance(each, types.FunctionType):
        return False
    operations = {instruction.opname for instruction in dis.get_instructions(each)}
    return (
        each.__code__.co_names == ("NotImplementedError",)
        and "RAISE_VARARGS" in operations
        and operations <= _STUB_OPERATIONS
    )


def _function(member: object) -> types.FunctionType | None:
    member = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
    return member if isinstance(member, types.FunctionType) else None


def _parts(found: Mapping[str, object]) -> Iterator[Part]:
    """The text of the cells and files that the objects, and what they may call, stand in."""
    filenames = dict.fromkeys(
        function.__code__.co_filename for each in found.values() for function in _functions(each)
    )
    for filename in filenames:
        if not installed(filename):
            yield Part(filename, "".join(linecache.getlines(filename)))


def _functions(each: object) -> Iterator[types.FunctionType]:
    members = [each, *(vars(each).values() if isinstance(each, type) else ())]
    for function in filter(None, map(_function, members)):
        yield function
        for name in function.__code__.co_names:
            if helper := _function(function.__globals__.get(name)):
                yield helper


def _dumps(each: object) -> bytes:
    buffer = io.BytesIO()
    Pickler(buffer).dump(each)
    return buffer.getvalue()


def _pickle(found: dict[str, object]) -> bytes:
    """By value, with the learner's own modules, whose folder the other process may not see."""
    try:
        with by_value(module for module in list(sys.modules.values()) if _learners(module)):
            return _dumps(found)
    except Exception:  # a module may hold anything: a lock, an open file
        pass
    try:
        return _dumps(found)
    except Exception as error:
        raise SolutionError(_unsendable(found, error)) from error


def _learners(module: types.ModuleType) -> bool:
    filename = getattr(module, "__file__", None)
    return (
        isinstance(filename, str)
        and filename.endswith(".py")
        and sys.modules.get(module.__name__) is module
        and not installed(filename)
    )


def _unsendable(found: dict[str, object], error: Exception) -> str:
    for name, each in found.items():
        for function in _functions(each):
            for used in function.__code__.co_names:
                value = function.__globals__.get(used)
                try:
                    _dumps(value)
                except Exception:
                    return (
                        f"{name} uses the global name {used}, a {type(value).__name__}, which can't"
                        f" be sent to another process ({error}). Create it inside the function."
                    )
    return f"{listed(list(found))} can't be sent to another process: {error}."

"""How do a function and its arguments reach the process that is to call them?

As a cloudpickle: functions of `__main__`, of notebooks and of files outside the installed packages
travel by value, what is installed by name. It is unpickled in the run's own process only.
"""

from __future__ import annotations

import io
import operator
import pickle
import struct
import sys
import sysconfig
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

import cloudpickle

_INSTALLED = tuple(
    sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")
)
_SHELL = "IPython.core.interactiveshell"
_PACKAGE = __name__.partition(".")[0]


class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle; also `struct.Struct` objects, which modules like to keep as constants, and ctypes structures.

    A notebook's `open` is IPython's, which refuses descriptors 0 to 2; elsewhere it is Python's.
    """

    def reducer_override(self, value: Any) -> Any:
        if type(value) is struct.Struct:
            return struct.Struct, (value.format,)
        if (
            getattr(value, "__wrapped__", None) is open
            and value.__globals__.get("__name__") == _SHELL
        ):
            return getattr, (io, "open")
        if isinstance(value, type) and (parts := _ctypes_parts(value)):
            return parts
        return super().reducer_override(value)


def _ctypes_parts(kind: type) -> tuple[Any, ...] | None:
    """How to make a ctypes array type, or a structure of the learner's, anew; None for any other class."""
    ctypes = sys.modules.get("ctypes")
    if ctypes is None or not issubclass(kind, (ctypes.Array, ctypes.Structure, ctypes.Union)):
        return None
    if issubclass(kind, ctypes.Array) and kind.__base__ is ctypes.Array:
        return operator.mul, (vars(kind)["_type_"], vars(kind)["_length_"])
    travelling = {"__main__", *cloudpickle.list_registry_pickle_by_value()}
    if kind.__module__ not in travelling:
        return None
    fields = {name for name, *_ in getattr(kind, "_fields_", ())}
    content = {
        name: each
        for name, each in vars(kind).items()
        if name not in fields | {"__dict__", "__weakref__"}
    }
    return _new_class, (kind.__name__, kind.__bases__, content)


def _new_class(name: str, bases: tuple[type, ...], content: dict[str, Any]) -> type:
    return types.new_class(name, bases, {}, lambda scope: scope.update(content))


def dumps(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    """The call as bytes. Raises TypeError, naming what cannot be sent."""
    own = sys.modules.get(getattr(function, "__module__", None) or "")
    modules = [*_out_of_reach(), *([own] if own is not None and _is_local(own) else ())]
    try:
        with by_value(modules):
            buffer = io.BytesIO()
            Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump((function, arguments))
            return buffer.getvalue()
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise TypeError(
            f"{getattr(function, '__name__', function)!r} cannot be sent to a process of its own: {error}. "
            "Open files, locks, mappings and semaphores inside the function, not outside."
        ) from error


_one_at_a_time = threading.RLock()  # cloudpickle's registry and ours are all threads'


@contextmanager
def by_value(modules: Iterable[ModuleType]) -> Iterator[None]:
    """Meanwhile what these modules define is pickled whole, not as a name to import."""
    with _one_at_a_time:
        named = {module.__name__: module for module in modules}
        for name in cloudpickle.list_registry_pickle_by_value() & named.keys():
            del named[name]  # another's entry: not ours to take back
        for module in named.values():
            cloudpickle.register_pickle_by_value(module)
        try:
            yield
        finally:
            for module in named.values():
                cloudpickle.unregister_pickle_by_value(module)


def loads(data: bytes) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The call that `dumps` made. Runs code of the sender: only inside the run's own process."""
    function, arguments = pickle.loads(data)
    return function, arguments


def _is_local(module: Any) -> bool:
    """A file of the learner's, neither installed nor ours."""
    path = getattr(module, "__file__", None)
    name = module.__name__
    if path is None or name == "__main__" or name.partition(".")[0] == _PACKAGE:
        return False
    return not path.startswith(_INSTALLED)


_examined: dict[str, Any] = {}  # what sys.modules held when it was last looked at
_unfound: dict[str, ModuleType] = {}  # what of it no import would find


def _out_of_reach() -> Iterable[ModuleType]:
    """Modules that an import in another process would not find: they must travel by value."""
    with _one_at_a_time:
        for name, module in list(sys.modules.items()):
            if _examined.get(name) is not module:
                _examined[name] = module
                _unfound.pop(name, None)
                if isinstance(module, ModuleType) and _is_local(module) and not _can_be_found(name):
                    _unfound[name] = module
        return [module for name, module in _unfound.items() if sys.modules.get(name) is module]


def _can_be_found(name: str) -> bool:
    return PathFinder.find_spec(name.partition(".")[0]) is not None

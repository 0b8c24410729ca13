"""What a function sees beside its arguments: what it closes over, as far as its code says, and whether that changed.

From the function on, what is reached are the variables that it closes over and the globals that it names, and all that
is in these: modules with their attributes, lists, dicts, objects of the user's classes.
"""

from __future__ import annotations

import dis
import functools
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter, is_
from types import CodeType
from typing import Any

import numpy as np

from ..engine import above
from ..engine.tensor import Tensor
from .tape import same

ARRAY, NODE = attrgetter("array"), attrgetter("node")
# What can't change, or is looked at where it matters.
PLAIN = (int, float, complex, str, bytes, type(None), np.dtype, np.generic, np.ndarray, range, type(Ellipsis))
FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
MANY = 100_000


class State:
    """All that is reached from ``functions``, as it is now.

    tensors: those among it. refused: what makes a replay impossible, if anything does.
    """

    def __init__(self, functions: Iterable[Any]) -> None:
        self.tensors: list[Tensor] = []
        self.refused = ""
        # Of each thing that holds others, what it holds in a list, and what that was.
        self.holders: list[tuple[Callable[[], Sequence[Any]], list[Any]]] = []
        self._seen: set[int] = set()
        self._kept: list[Any] = []
        self._waiting = list(functions)
        while self._waiting and not self.refused:
            self._reach(self._waiting.pop())
        self._seen.clear()
        self.add_tensors(())

    def add_tensors(self, more: Iterable[Tensor]) -> None:
        """Watch these Tensors too."""
        self.tensors += more
        self.arrays, self.nodes = list(map(ARRAY, self.tensors)), list(map(NODE, self.tensors))
        self.shared = len(set(map(id, self.arrays))) < len(self.arrays)

    def unchanged(self) -> bool:
        """Whether all is as it was; arrays may be others of the same geometry, and numbers others that are equal."""
        for held, before in self.holders:
            now = held()
            if len(now) != len(before) or not all(map(is_, now, before)):
                if len(now) != len(before) or not all(map(unchanged, now, before)):
                    return False
                before[:] = now
        tensors = self.tensors
        if not all(map(is_, map(NODE, tensors), self.nodes)):
            return False
        if not all(map(is_, map(ARRAY, tensors), self.arrays)):
            arrays = list(map(ARRAY, tensors))
            if self.shared or not all(map(alike, arrays, self.arrays)) or len(set(map(id, arrays))) < len(arrays):
                return False
            self.arrays = arrays
        return True

    def _reach(self, thing: Any) -> None:
        if isinstance(thing, PLAIN) or id(thing) in self._seen:
            return
        self._seen.add(id(thing))
        self._kept.append(thing)
        if len(self._seen) > MANY:
            self.refused = f"it closes over more than {MANY:,} objects"
        elif isinstance(thing, Tensor):
            if not above.is_uninitialized(thing):
                self.tensors.append(thing)
            if vars(thing):
                self._holds(vars(thing).values)
        elif isinstance(thing, types.MethodType):
            self._waiting += [thing.__self__, thing.__func__]
        elif isinstance(thing, types.FunctionType):
            self._function(thing)
        elif isinstance(thing, type):
            if users(thing.__module__):
                self._class(thing)
        elif isinstance(thing, (types.ModuleType, types.BuiltinFunctionType)):
            return
        elif isinstance(thing, (types.GeneratorType, types.CoroutineType)):
            self.refused = "it closes over a generator"
        elif above.Optimizer is not None and isinstance(thing, above.Optimizer):
            self._optimizer(thing)
        elif isinstance(thing, dict):
            self._holds(thing.values)
        elif isinstance(thing, (list, tuple)):
            self._holds(lambda: thing)
        elif isinstance(thing, (set, frozenset)):
            self._holds(lambda: sorted(thing, key=id))
        else:
            self._object(thing)

    def _object(self, thing: Any) -> None:
        """An object with attributes: a module, or one of the user's own."""
        kind = type(thing)
        if kind.__module__.startswith(("optim.lr_scheduler", "autograd.replay")):
            return
        if not (above.is_module(thing) or users(kind.__module__) or kind.__module__.startswith("nn.")):
            return
        attributes = getattr(thing, "__dict__", None)
        if isinstance(attributes, dict):
            self._holds(attributes.values)
        if users(kind.__module__):
            self._waiting.append(kind)

    def _class(self, kind: type) -> None:
        """The methods of a class of the user's, and what else is in it."""
        for one in kind.__mro__:
            if users(one.__module__):
                held = lambda one=one: [value for name, value in vars(one).items() if not name.startswith("__")]
                self._holds(held)
                for name in ("__call__", "__init__"):
                    if name in vars(one) and isinstance(vars(one)[name], types.FunctionType):
                        self._waiting.append(vars(one)[name])

    def _optimizer(self, optimizer: Any) -> None:
        """Its settings are read by each step anew; which parameters it has is not."""
        self._holds(lambda: [part for group in optimizer.param_groups for part in group["params"]])

    def _function(self, function: types.FunctionType) -> None:
        wrapped = getattr(function, "__wrapped__", None)
        if not users(function.__module__ or "") and not function.__code__.co_filename.startswith("<"):
            # A function of this library may close over one of the user's.
            cells = [cell.cell_contents for cell in function.__closure__ or () if is_filled(cell)]
            self._waiting += [one for one in cells if isinstance(one, FUNCTIONS) or above.is_module(one)]
            return
        if wrapped is not None:
            self._waiting.append(wrapped)
        if function.__closure__:
            cells = [cell for cell in function.__closure__ if is_filled(cell)]
            self._holds(lambda: [cell.cell_contents for cell in cells])
        if function.__defaults__:
            self._holds(lambda: function.__defaults__ or ())
        if function.__kwdefaults__:
            self._holds(function.__kwdefaults__.values)
        variables, attributes = names_in(function.__code__)
        space = function.__globals__
        found = [name for name in variables if name in space]
        self._holds(functools.partial(named, space, found))
        for name in found:
            if isinstance(space[name], types.ModuleType) and users(space[name].__name__):
                inner = vars(space[name])
                used = [name for name in attributes if name in inner]
                self._holds(functools.partial(named, inner, used))

    def _holds(self, held: Callable[[], Iterable[Any]]) -> None:
        things = list(held())
        self.holders.append((listed(held), things))
        self._waiting += things


OUR_NAMES = ("autograd", "nn", "optim")
STANDARD = frozenset(sys.stdlib_module_names) - {"__main__"}


def listed(held: Callable[[], Iterable[Any]]) -> Callable[[], Sequence[Any]]:
    return lambda: list(held())


def users(module: Any) -> bool:
    """Whether a module of this name is the user's: neither of this library, nor of Python's, nor NumPy."""
    root = str(module).partition(".")[0]
    return root not in STANDARD and root not in OUR_NAMES and root not in ("numpy", "numba", "builtins", "torch")


def named(space: dict[str, Any], names: Sequence[str]) -> list[Any]:
    return [space.get(name) for name in names]


def is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  (an empty one raises)
    except ValueError:
        return False
    return True


@functools.cache
def names_in(code: CodeType) -> tuple[list[str], list[str]]:
    """The names of globals, and those of attributes, that ``code`` and the functions written in it use."""
    variables, attributes = [], []
    for one in dis.get_instructions(code):
        if one.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            variables.append(one.argval)
        elif one.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            attributes.append(one.argval)
        elif isinstance(one.argval, CodeType):
            inner = names_in(one.argval)
            variables += inner[0]
            attributes += inner[1]
    return variables, attributes


def unchanged(now: Any, before: Any) -> bool:
    return now is before or (type(now) is type(before) and isinstance(now, (int, float, str)) and same(now, before))


def alike(now: np.ndarray[Any, Any], before: np.ndarray[Any, Any]) -> bool:
    """Whether an array takes the place of another: the same but for the values."""
    return now is before or (now.shape == before.shape and now.dtype is before.dtype and now.strides == before.strides)

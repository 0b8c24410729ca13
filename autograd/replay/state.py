"""What a function sees beside its arguments: what it closes over, as far as its code says, and whether that changed.

From the function on, what is reached are the variables that it closes over and the globals that it names, and all that
is in these: modules with their attributes, lists, dicts, objects with attributes, arrays of NumPy with their values.
"""

from __future__ import annotations

import array
import collections
import dis
import functools
import io
import pickle
import random
import sys
import types
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, repeat
from operator import attrgetter, getitem, is_, is_not
from types import CodeType
from typing import Any

import numpy as np

from ..engine import above
from ..engine.tensor import Tensor
from . import advice
from .stance import InPlaceOf
from .tape import same

NONE = repeat(None)
HOOKS, ACCUMULATED = attrgetter("hooks"), attrgetter("accumulated")
ARRAY, NODE, CELL = attrgetter("array"), attrgetter("node"), attrgetter("cell_contents")
# What a module keeps of the names of what it holds, which no forward reads, and by which it shows what it holds itself.
NAMES_ONLY = ("_persistent", "_vacant", "_parameters", "_buffers", "_modules")
# What can't change, or is looked at where it matters.
PLAIN = (int, float, complex, str, bytes, type(None), np.dtype, np.generic, range, type(Ellipsis))
FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
MANY = 100_000
# What holds numbers that Python may look at without a trace, and how many bytes of it are compared at each replay.
NUMBERS = (np.ndarray, bytearray, array.array, memoryview)
COMPARED = 1 << 20


class State:
    """All that is reached from ``functions``, as it is now.

    tensors: those among it. refused: what makes a replay impossible, if anything does.
    """

    def __init__(self, functions: Iterable[Any]) -> None:
        self.tensors: list[Tensor] = []
        self.refused = ""
        # Where things are held: lists and the values of dicts, cells of closures, and what is looked up by a name in a
        # dict or as an attribute.
        self._within: list[Collection[Any]] = []
        self._cells: list[Any] = []
        self._dicts: tuple[list[Any], list[str]] = ([], [])
        self._attributes: tuple[list[Any], list[str]] = ([], [])
        # What holds numbers, and these; and where random numbers come from that only Python draws.
        self._numbers: list[Any] = []
        self._sources: list[Any] = []
        # Optimizers and schedulers.
        self._stepping: list[Any] = []
        self._seen: set[int] = set()
        self._kept: list[Any] = []
        self._waiting = list(functions)
        self._reach_all()
        self._drawn = drawn_from(self._sources)

    def _reach_all(self) -> None:
        while self._waiting and not self.refused:
            self._reach(self._waiting.pop())
        self._sizes = list(map(len, self._within))
        self._held = list(self._now())
        self._contents = list(map(content, self._numbers))
        self.add_tensors(())

    def watch_settings(self) -> None:
        """Watch the settings of optimizers and schedulers, too, which each of their steps reads anew."""
        for thing in self._stepping:
            if is_optimizer(thing):
                self._holds([thing.state, *thing.state.values()])
                for group in thing.param_groups:
                    self._holds(group.values())
            else:
                self._holds(vars(thing).values())
        self._reach_all()

    def draws(self) -> bool:
        """Whether random numbers were drawn since, from Python's generators or from NumPy's."""
        return drawn_from(self._sources) != self._drawn

    def _now(self) -> Iterator[Any]:
        """Whatever is held, at this moment."""
        return chain(
            chain.from_iterable(self._within),
            map(CELL, self._cells),
            map(getitem, *self._dicts),
            map(getattr, *self._attributes),
        )

    def add_tensors(self, more: Iterable[Tensor]) -> None:
        """Watch these Tensors too."""
        self.tensors += more
        self.arrays, self.nodes = list(map(ARRAY, self.tensors)), list(map(NODE, self.tensors))
        self.shared = len(set(map(id, self.arrays))) < len(self.arrays)
        self._known = [node for node in self.nodes if node is not None]
        self._ends = [node for node in self._known if node.op is None]
        self._hooks = self._hooked()
        self._unhooked = not any(self._hooks[0]) and not any(self._hooks[1])

    def _hooked(self) -> tuple[list[Any], list[int]]:
        """Which hooks gradients of these Tensors have."""
        hooks = [None if hooks is None else (*hooks, *hooks.after) or None for hooks in map(HOOKS, self._known)]
        return hooks, list(map(len, map(ACCUMULATED, self._ends)))

    def _hooks_changed(self) -> bool:
        if (
            self._unhooked
            and not any(map(ACCUMULATED, self._ends))
            and not any(map(is_not, map(HOOKS, self._known), NONE))
        ):
            return False
        return self._hooked() != self._hooks

    def unchanged(self) -> bool:
        """Whether all is as it was; arrays may be others of the same geometry, and numbers others that are equal."""
        try:
            # All that is looked at in every replay is looked at without a step of Python for each.
            if list(map(len, self._within)) != self._sizes:
                return False
            if not all(map(is_, self._now(), self._held)):
                held = list(self._now())
                if len(held) != len(self._held) or not all(map(unchanged, held, self._held)):
                    return False
                self._held = held
        except (KeyError, AttributeError, ValueError):
            return False
        if self._numbers and list(map(content, self._numbers)) != self._contents:
            return False
        tensors = self.tensors
        if not all(map(is_, map(NODE, tensors), self.nodes)) or self._hooks_changed():
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
                self._holds(vars(thing).values())
        elif isinstance(thing, types.MethodType):
            self._waiting += [thing.__self__, thing.__func__]
        elif isinstance(thing, types.FunctionType):
            self._function(thing)
        elif isinstance(thing, type):
            if users(thing.__module__):
                self._class(thing)
        elif isinstance(thing, types.ModuleType):
            return
        elif isinstance(thing, types.BuiltinFunctionType):
            # A method of a list, for example.
            self._waiting.append(thing.__self__)
        elif isinstance(thing, (types.GeneratorType, types.CoroutineType)):
            self.refused = f"it closes over a generator. {advice.ITERATOR}"
        elif isinstance(thing, NUMBERS):
            self._number(thing)
        elif is_optimizer(thing):
            # Its settings are read by each step anew; which parameters it has is not.
            self._within.append(thing.param_groups)
            for group in thing.param_groups:
                self._looked_up(self._dicts, group, "params", group["params"])
            self._stepping.append(thing)
            self._waiting.append(type(thing))
        elif isinstance(thing, dict):
            self._holds(thing.values())
            self._holds(thing.keys())
        elif isinstance(thing, (list, set, collections.deque)):
            self._holds(thing)
        elif isinstance(thing, (tuple, frozenset)):
            self._waiting += thing
        else:
            self._object(thing)

    def _holds(self, held: Collection[Any]) -> None:
        self._within.append(held)
        self._waiting += held

    def _number(self, thing: Any) -> None:
        if content_size(thing) > COMPARED:
            self.refused = (
                f"it closes over {content_size(thing):,} bytes in a {type(thing).__name__}, whose values may be others "
                f"each time. {advice.CLOSED_OVER}"
            )
        self._numbers.append(thing)
        if isinstance(thing, np.ndarray) and thing.dtype.hasobject:
            self._waiting += thing.ravel().tolist()

    def _object(self, thing: Any) -> None:
        """An object with attributes: a module, one of the user's own, or one that Python brings along."""
        kind: Any = type(thing)
        if isinstance(thing, InPlaceOf):
            self._waiting.append(thing.function)
        elif above.is_module(thing):
            self._module(thing)
        elif is_ours(kind.__module__):
            if kind.__module__.startswith("nn."):
                self._holds(getattr(thing, "__dict__", {}).values())
            elif kind.__module__.startswith("optim.lr_scheduler"):
                self._stepping.append(thing)
        elif isinstance(thing, io.IOBase):
            # The recorder sees what is read and written.
            return
        elif is_source(thing):
            self._sources.append(thing)
        elif isinstance(thing, Iterator) and not users(kind.__module__):
            self.refused = f"it closes over a {kind.__name__}, which is another each time. {advice.ITERATOR}"
        else:
            attributes = getattr(thing, "__dict__", None)
            if isinstance(attributes, dict):
                self._holds(attributes.values())
            for name in members_of(kind):
                if hasattr(thing, name):
                    self._looked_up(self._attributes, thing, name, getattr(thing, name))
        if users(kind.__module__):
            self._waiting.append(kind)

    def _module(self, module: Any) -> None:
        self._within.append(vars(module).values())
        self._waiting += [value for name, value in vars(module).items() if name not in NAMES_ONLY]
        if id(above.Module) not in self._seen:
            # The hooks of all modules.
            self._seen.add(id(above.Module))
            self._looked_up(self._attributes, above.Module, "_hooks", getattr(above.Module, "_hooks", None))

    def _class(self, kind: type) -> None:
        """What is in a class of the user's: its methods, and its attributes."""
        for one in kind.__mro__:
            if users(one.__module__):
                self._holds(vars(one).values())

    def _function(self, function: types.FunctionType) -> None:
        cells = [cell for cell in function.__closure__ or () if is_filled(cell)]
        if not users(function.__module__ or "") and not function.__code__.co_filename.startswith("<"):
            # A function of this library may close over one of the user's.
            found = [cell.cell_contents for cell in cells]
            self._waiting += [one for one in found if isinstance(one, FUNCTIONS) or above.is_module(one)]
            return
        self._cells += cells
        self._waiting += [cell.cell_contents for cell in cells]
        if hasattr(function, "__wrapped__"):
            self._waiting.append(function.__wrapped__)
        for name in ("__code__", "__defaults__", "__kwdefaults__"):
            self._looked_up(self._attributes, function, name, getattr(function, name))
        variables, attributes, imported = names_in(function.__code__)
        self._named(function.__globals__, variables, attributes)
        self._named(sys.modules, imported, attributes)

    def _named(self, space: dict[str, Any], names: Iterable[str], attributes: Iterable[str]) -> None:
        """What is looked up by these names; and, in the modules among it, by those of attributes."""
        for name in dict.fromkeys(names):
            if name not in space:
                continue
            value = space[name]
            self._looked_up(self._dicts, space, name, value)
            if isinstance(value, types.ModuleType) and id(value) not in self._seen:
                self._seen.add(id(value))
                self._named(vars(value), attributes, attributes)
                self._seen.discard(id(value))

    def _looked_up(self, places: tuple[list[Any], list[str]], holder: Any, name: str, value: Any) -> None:
        places[0].append(holder)
        places[1].append(name)
        self._waiting.append(value)


OUR_NAMES = ("autograd", "nn", "optim")
MEMBER = types.MemberDescriptorType
# Behind the functions of the modules ``random`` and ``numpy.random``.
GLOBAL_SOURCES: Any = random.random.__self__, np.random.rand.__self__  # type: ignore[attr-defined]
STANDARD = frozenset(sys.stdlib_module_names) - {"__main__"}


def users(module: Any) -> bool:
    """Whether a module of this name is the user's: neither of this library, nor of Python's, nor NumPy."""
    root = str(module).partition(".")[0]
    return root not in STANDARD and root not in OUR_NAMES and root not in ("numpy", "numba", "builtins", "torch")


def is_ours(module: Any) -> bool:
    return str(module).partition(".")[0] in OUR_NAMES


def is_optimizer(thing: Any) -> bool:
    return above.Optimizer is not None and isinstance(thing, above.Optimizer)


def is_source(thing: Any) -> bool:
    """Whether it is a generator of random numbers, of Python's or of NumPy's."""
    return isinstance(thing, random.Random) or type(thing).__module__.startswith("numpy.random")


def drawn_from(sources: Iterable[Any]) -> list[Any]:
    """What changes when random numbers are drawn, from ``sources`` or those behind the functions of a module."""
    python, numpy = GLOBAL_SOURCES
    return [python.getstate(), in_bytes(numpy.get_state(legacy=False)), *map(pickle.dumps, sources)]


def in_bytes(state: Any) -> Any:
    """``state``, nested dicts, to be compared: with bytes in place of arrays."""
    if isinstance(state, dict):
        return tuple(map(in_bytes, state.values()))
    return state.tobytes() if isinstance(state, np.ndarray) else state


def content(thing: Any) -> bytes:
    return thing.tobytes() if isinstance(thing, np.ndarray) else bytes(thing)


def content_size(thing: Any) -> int:
    return thing.nbytes if isinstance(thing, (np.ndarray, memoryview)) else len(bytes(thing))


@functools.cache
def members_of(kind: type) -> list[str]:
    """The names of the attributes that objects of this class have outside of a dict."""
    members = [name for one in kind.__mro__ for name, value in vars(one).items() if isinstance(value, MEMBER)]
    return [name for name in members if not name.startswith("__") or name == "__func__"]


def is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  (an empty one raises)
    except ValueError:
        return False
    return True


@functools.cache
def names_in(code: CodeType) -> tuple[list[str], list[str], list[str]]:
    """The names of globals, of attributes and of imported modules that ``code`` and the functions in it use."""
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    for one in dis.get_instructions(code):
        if one.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            found[0].append(one.argval)
        elif one.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"):
            found[1].append(one.argval)
        elif one.opname == "IMPORT_NAME":
            found[2].append(one.argval)
        elif isinstance(one.argval, CodeType):
            for names, inner in zip(found, names_in(one.argval)):
                names += inner
    return found


def unchanged(now: Any, before: Any) -> bool:
    return now is before or (type(now) is type(before) and isinstance(now, (int, float, str)) and same(now, before))


def alike(now: np.ndarray[Any, Any], before: np.ndarray[Any, Any]) -> bool:
    """Whether an array takes the place of another: the same but for the values."""
    return now is before or (now.shape == before.shape and now.dtype is before.dtype and now.strides == before.strides)

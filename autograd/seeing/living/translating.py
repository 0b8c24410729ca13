"""Functions translated from their Python source to JavaScript, with all that they call.

What a name means is looked up where Python would: in the scopes, the closure and the module of the function. Of our own
functions the translation is added, a kernel stands for its NumPy twin, and of NumPy's functions those are known that
``numpy.js`` defines. What can't be translated throws where it is reached, and says so.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import itertools
import json
import math
import operator
import re
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ...kernels.compiling.threads import divided
from ...ops.broadcasting import sum_to_size
from ...ops.index import Placed, put_at
from ...ops.op import OPS, Op
from ...types.dtypes import numpy_dtype
from .sources import NoSource, definition_of
from .writing import DEFINED, MODULES, Untranslatable, Writer, path_of

OURS = ("autograd.", "optim.")
BUILTIN_NAMES = """
    len range list tuple enumerate zip map filter sorted reversed sum min max abs any all int float bool str round next
    iter slice callable getattr hasattr type isinstance
"""
BUILTINS: dict[Any, str] = {
    **{getattr(builtins, name): f"py.{name}" for name in BUILTIN_NAMES.split()},
    set: "py.set_",
    functools.partial: "py.partial",
    functools.reduce: "py.reduce",
    itertools.product: "py.product",
    itertools.repeat: "py.repeat",
    operator.index: "py.index",
    divided: "py.divided",
    # What puts off writing zeros.
    Placed: "OPS.put_at",
    numpy_dtype: "np.dtype",
}


OPERATORS_OF_VARIABLES = """
    add sub mul div pow matmul neg getitem reshape permute transpose squeeze sum cast abs eq ne lt le gt ge
"""


class Translation:
    """A growing set of functions and ops in JavaScript: `text` is what has been asked for, with all that it needs."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._kept: list[Any] = []
        self._functions: dict[str, str] = {}
        self._classes: dict[str, str] = {}
        self._ops: dict[str, str] = {}
        # What could not be translated, by the name of the function.
        self.missing: dict[str, str] = {}

    @property
    def text(self) -> str:
        return "\n".join([*self._functions.values(), *self._classes.values(), *self._ops.values()]) + "\n"

    def class_of(self, kind: type) -> str:
        """The name of a class of ours, whose methods are added; called, it makes an object."""
        name = kind.__name__
        if name in self._classes:
            return name
        self._classes[name] = ""
        methods, properties = {}, {}
        for key, value in vars(kind).items():
            if isinstance(value, FunctionType) and key != "__repr__":
                methods[key] = self.function(value)
            elif isinstance(value, (property, functools.cached_property)):
                getter: Any = value.fget if isinstance(value, property) else value.func
                properties[key] = self.function(getter)
        start = methods.pop("__init__")
        given = (", ".join(f"{key}: {one}" for key, one in some.items()) for some in (methods, properties))
        self._classes[name] = (
            f"const {name} = classOf({json.dumps(name)}, {start}, {{ {next(given)} }}, {{ {next(given)} }});"
        )
        return name

    def op(self, op: Op) -> str:
        """The name of ``op``, whose declaration is added."""
        name = f"OPS.{op.name}"
        if op.name in self._ops:
            return name
        self._ops[op.name] = ""
        fused = op.kind == "fused"
        rules = [None if rule is None else "true" if fused else self.function(rule) for rule in op.rules]
        needed = op.parameters
        defaults = [
            "undefined" if value is inspect.Parameter.empty else self.constant(value)
            for value in (*op.defaults, *[inspect.Parameter.empty] * (len(needed) - len(op.defaults)))
        ]
        declared = {
            "kind": json.dumps(op.kind),
            "parameters": json.dumps(needed),
            "defaults": f"[{', '.join(defaults[: len(needed)])}]",
            "residual": json.dumps(op.residual),
            "variadic": json.dumps(op.variadic),
            "rules": f"[{', '.join(rule or 'null' for rule in rules)}]",
            "reference": self.function(op.reference) if op.reference is not None else "null",
            "forward": "null" if op.reference is not None else self.function(op.forward),
        }
        self.op(sum_to_size)
        if op.reference is not None:
            # What operators mean between the variables that a reference is given.
            for other in OPERATORS_OF_VARIABLES.split():
                self.op(OPS[other])
        given = ", ".join(f"{key}: {value}" for key, value in declared.items())
        self._ops[op.name] = f"op({json.dumps(op.name)}, {{ {given} }});"
        return name

    def function(self, function: Callable[..., Any]) -> str:
        """The name of a function, whose translation is added; of a kernel, that of its NumPy twin."""
        while hasattr(function, "twin"):
            function = function.twin
        if not isinstance(function, FunctionType) or not function.__module__.startswith(OURS):
            raise Untranslatable(f"the function {getattr(function, '__qualname__', function)}")
        # Rules that are made in a loop share their code, but not what they refer to.
        known = self._names.get(id(function))
        if known is not None:
            return known
        base = re.sub(r"\W", "", function.__name__) or "rule"
        name = f"{base}_{len(self._names)}"
        self._names[id(function)] = name
        self._kept.append(function)
        self._functions[name] = ""
        try:
            node = definition_of(function)
            self._functions[name] = Writer(self, function, node).function(name)
        except (Untranslatable, NoSource) as error:
            reason = f"{function.__name__}: {error}" if isinstance(error, Untranslatable) else f"{error} has no source"
            self.missing[name] = reason
            self._functions[name] = f"function {name}() {{ throw new Missing({json.dumps(reason)}); }}"
        return name

    def constant(self, value: Any) -> str:
        """What stands for a value of Python's."""
        if value is None or isinstance(value, (bool, str)):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, Op):
            return self.op(value)
        if isinstance(value, type) and issubclass(value, np.generic):
            return self._runtime(f"np.{'bool_' if value is np.bool_ else value.__name__}")
        if isinstance(value, (int, float, np.generic)):
            return _number(value)
        if isinstance(value, (tuple, list)):
            return f"[{', '.join(map(self.constant, value))}]"
        if isinstance(value, dict):
            return f"{{{', '.join(f'{json.dumps(str(k))}: {self.constant(v)}' for k, v in value.items())}}}"
        if isinstance(value, np.dtype):
            return self._runtime(f"np.{'bool_' if value.kind == 'b' else value.name}")
        if isinstance(value, np.ndarray):
            kind = self.constant(value.dtype)
            return f"np.array({self.constant(value.ravel().tolist())}, {kind}).reshape({list(value.shape)})"
        if isinstance(value, slice):
            return f"new Slice({', '.join(map(self.constant, (value.start, value.stop, value.step)))})"
        if value is Ellipsis:
            return "Ellipsis"
        if isinstance(value, ModuleType) and value.__name__ in MODULES:
            return MODULES[value.__name__]
        if isinstance(value, operator.methodcaller):
            reduced: Any = value.__reduce__()
            name, *given = reduced[1]
            return f"((it) => it.{name}({', '.join(map(self.constant, given))}))"
        try:
            if value is Placed:
                self.op(put_at)
            if value in BUILTINS:
                return BUILTINS[value]
        except TypeError:
            pass
        if isinstance(value, functools._lru_cache_wrapper):
            return self.constant(value.__wrapped__)
        if hasattr(value, "twin") or isinstance(value, FunctionType):
            return self.function(value)
        if isinstance(value, type) and value.__module__.startswith("autograd.kernels."):
            return self.class_of(value)
        if type(value).__module__.startswith("autograd.kernels."):
            fields = {
                key: {} if isinstance(one, dict) else one
                for key, one in vars(value).items()
                if not hasattr(type(value), key)
            }
            return f"Object.assign(Object.create(CLASSES.{self.class_of(type(value))}), {self.constant(fields)})"
        known = path_of(value)
        if known is not None:
            return self._runtime(known)
        raise Untranslatable(f"a {type(value).__name__}")

    def _runtime(self, path: str) -> str:
        return path if path in DEFINED else f"missing({json.dumps(path)})"


def _number(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return repr(value)

"""The graph of an ONNX file as it is put together: nodes, initializers, names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .calls import Call, Value
from .constants import is_same, pattern_of
from .package import onnx_package
from .sizes import Size
from .to_onnx.registry import TABLE


class Graph:
    """Nodes are added by the rows of the table; a name is the name of a value in the file.

    where: names and axes by which dynamic sizes are read: each from the shape of an input.
    """

    def __init__(self, opset: int, where: dict[str, tuple[str, int]]) -> None:
        self.onnx = onnx_package()
        self.opset, self.where = opset, where
        self.nodes: list[Any] = []
        self.initializers: dict[str, Any] = {}
        self.taken: set[str] = set()
        self._names: dict[Any, str] = {}
        self._cache: dict[Any, str] = {}
        self._scope = ""
        self._call: Call | None = None

    # What rows say.

    def node(self, kind: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node; its result's name, or a tuple of them. None among the inputs is one left out."""
        names = [self.name(value) for value in inputs]
        while names and not names[-1]:
            names.pop()
        label = self.new_name(f"{self._scope}/{kind}" if self._scope else kind)
        made = [self.new_name(f"{label}_output_{i}" if outputs > 1 else f"{label}_output") for i in range(outputs)]
        attributes = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(self.onnx.helper.make_node(kind, names, made, name=label, **attributes))
        return made[0] if outputs == 1 else tuple(made)

    def name(self, value: Any) -> str:
        """What ``value`` is called in the file: a name, a `Value`, an array, which becomes a constant, or None."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, np.ndarray):
            return self.constant(value)
        if value.is_constant:
            return self._constant(value)
        return self._names[value.name or (id(value.source), value.position)]

    def constant(self, array: Any) -> str:
        """A constant node of ``array``, one for all that are alike."""
        array = np.ascontiguousarray(array).reshape(np.shape(array))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._cache:
            scope, self._scope = self._scope, ""
            self._cache[key] = self.node("Constant", value=self.onnx.numpy_helper.from_array(array))
            self._scope = scope
        return self._cache[key]

    def number(self, value: Any, dtype: Any) -> str:
        """A number, or a size, as a scalar of ``dtype``."""
        if not isinstance(value, Size):
            return self.constant(np.array(value, dtype))
        return self.cast(self.node("Squeeze", self.sizes([value]), self.ints(0)), np.int64, dtype)

    def operand(self, value: Any, dtype: Any) -> str:
        """A `Value` or a number in ``dtype``."""
        return self.cast(value, value.dtype, dtype) if isinstance(value, Value) else self.number(value, dtype)

    def cast(self, value: Any, given: Any, wanted: Any) -> str:
        """``value``, of dtype ``given``, in the one that is wanted."""
        if np.dtype(given) == np.dtype(wanted):
            return self.name(value)
        return self.node("Cast", value, to=self.onnx.helper.np_dtype_to_tensor_dtype(np.dtype(wanted)))

    def ints(self, *values: int) -> str:
        """A vector of int64."""
        return self.constant(np.array(values, np.int64))

    def sizes(self, values: Sequence[Any]) -> str:
        """A vector of sizes, some of which may be dynamic."""
        if not any(isinstance(value, Size) for value in values):
            return self.ints(*values)
        parts = [self._size(value) if isinstance(value, Size) else self.ints(value) for value in values]
        return parts[0] if len(parts) == 1 else self.node("Concat", *parts, axis=0)

    def reshape(self, value: Any, shape: Sequence[Any]) -> str:
        """``value`` in ``shape``, of which one size that is dynamic follows from the others."""
        dynamic = [i for i, size in enumerate(shape) if isinstance(size, Size)]
        if len(dynamic) == 1 and -1 not in shape and 0 not in shape:
            shape = [-1 if i == dynamic[0] else size for i, size in enumerate(shape)]
        return self.node("Reshape", value, self.sizes(shape), allowzero=1 if 0 in shape else None)

    def reduce(self, kind: str, value: Any, axes: Sequence[int], keep: bool) -> str:
        """A reduction, whose axes are an input in newer opsets."""
        how = {"keepdims": int(keep)}
        if kind == "ReduceSum" or self.opset >= 18:
            return self.node(kind, value, self.ints(*axes), noop_with_empty_axes=1, **how)
        return self.node(kind, value, axes=list(axes), **how) if axes else self.node("Identity", value)

    # What the exporter does with it.

    def new_name(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self.taken:
            name, count = f"{wanted}_{count}", count + 1
        self.taken.add(name)
        return name

    def add_input(self, value: Value) -> None:
        self.taken.add(value.name)
        self._names[value.name] = value.name

    def add_initializer(self, value: Value) -> None:
        """A parameter or buffer that is read, under its name."""
        if value.name not in self._names:
            self.taken.add(value.name)
            self._names[value.name] = value.name
            array = np.ascontiguousarray(value.array).reshape(value.array.shape)
            self.initializers[value.name] = self.onnx.numpy_helper.from_array(array, value.name)

    def add(self, call: Call) -> None:
        """Add the nodes of a call, by the row of its op. NotImplementedError if there is none."""
        found = TABLE.get(call.op.name)
        if found is None or not found.takes(call, self.opset):
            why = "has no row in the table of ONNX nodes" if found is None else f"with {self._shown(call)} has none"
            raise NotImplementedError(
                f"onnx.export: the op {call.op.name}, called {call.place}, {why} for opset {self.opset}"
            )
        self._scope = "".join(f"/{scope.name.rpartition('.')[2]}" for scope in call.scopes)
        self._call = call
        out = call.results[0]
        made = found.add(self, out, *call.arguments)
        for value, name in zip(call.results, made if isinstance(made, tuple) else (made,)):
            self._names[id(value.source), value.position] = self.name(name)

    def refuse(self, why: str) -> NotImplementedError:
        """An error that says what a row can't express, and of which call."""
        assert self._call is not None
        return NotImplementedError(f"onnx.export: the op {self._call.op.name}, called {self._call.place}: {why}")

    def _shown(self, call: Call) -> str:
        plain = [(n, v) for n, v in zip(call.op.parameters, call.arguments) if isinstance(v, (int, float, str, tuple))]
        return ", ".join(f"{name}={value}" for name, value in plain) or "these arguments"

    def _constant(self, value: Value) -> str:
        if is_same(value):
            return self.constant(value.array)
        pattern = pattern_of(value)
        if pattern is None:
            raise self.refuse(
                f"a constant of shape {value.array.shape} changes with the dynamic axes, and is neither one number, "
                "nor a range, nor a triangle; compute it with ops, or take a slice of a buffer"
            )
        return str(pattern.add(self, value))

    def _size(self, size: Size) -> str:
        """A dynamic size as a vector of one."""
        key = ("size", size.factor, size.axes, size.offset)
        if key not in self._cache:
            if not size.axes:
                raise self.refuse(f"what is {size.example} here depends on the dynamic axes, but not in a simple way")
            if size.factor.denominator * size.offset.denominator != 1 and not float(size.example).is_integer():
                raise self.refuse(f"{size} is no whole number")
            parts = []
            for axis in size.axes:
                name, position = self.where[axis]
                parts.append(self.node("Shape", name, start=position, end=position + 1))
            made = parts[0]
            for part in parts[1:]:
                made = self.node("Mul", made, part)
            if size.factor.numerator != 1:
                made = self.node("Mul", made, self.ints(size.factor.numerator))
            if size.factor.denominator != 1:
                made = self.node("Div", made, self.ints(size.factor.denominator))
            if size.offset:
                made = self.node("Add", made, self.ints(int(size.offset)))
            self._cache[key] = made
        return self._cache[key]

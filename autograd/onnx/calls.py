"""What a model computed: every call of an op, and which values it took and made.

A graph of nodes begins at what requires grad and holds floats only. What is exported begins at the inputs, ids and
masks among them, so the calls themselves are recorded, by the recorder that traces use, and values are told apart by
the arrays that hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import numpy as np

from ..engine.record import CALLERS, called
from ..engine.tensor import Tensor, wrap
from ..engine.versions import owner
from ..engine.writing import put, write
from ..ops.index import getitem, write_at
from ..ops.op import Op
from ..seeing.events import Line, Scope
from ..seeing.recording import Recording, line_of
from ..transforms.tree import leaves, mapped
from .sides import geometry_of


@dataclass(eq=False)
class Value:
    """An array that took part, and where it comes from.

    source: the call that made it, and position: which of its results it is. name: of an input, parameter or buffer.
    Without any of these it is a constant. others: the same value when the model ran again, with other inputs.
    """

    array: np.ndarray[Any, Any]
    name: str = ""
    source: Call | None = None
    position: int = 0
    others: list[Value] = field(default_factory=list)
    sizes: tuple[Any, ...] | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def shape(self) -> tuple[Any, ...]:
        """The sizes: ints, or the `Size` of what is dynamic."""
        return self.array.shape if self.sizes is None else self.sizes

    @property
    def is_constant(self) -> bool:
        return not self.name and (self.source is None or self.source.folded)


@dataclass(eq=False)
class Call:
    """A call of an op: ``arguments`` in the order of its signature, with a `Value` for each array in them.

    folded: whether its results, which depend on no input and no parameter, are constants of what is exported.
    """

    op: Op
    arguments: list[Any]
    line: Line | None
    scopes: tuple[Scope, ...]
    results: list[Value] = field(default_factory=list)
    folded: bool = False

    @property
    def place(self) -> str:
        """Where in the model, and in the user's code, it was called."""
        module = next((f"{scope.name} ({scope.kind})" for scope in reversed(self.scopes)), "")
        line = f"{self.line.file}:{self.line.number}: {self.line.text}" if self.line else ""
        return ", ".join(part for part in (module and f"in {module}", line and f"at {line}") if part) or "in the model"

    def values(self) -> list[Value]:
        """The values that it took."""
        return [part for part in parts_of(self.arguments) if isinstance(part, Value)]


def replaced(function: Callable[[Any], Any], tree: Any) -> Any:
    """``tree`` with ``function`` applied to each leaf, the ends of slices among them."""

    def leaf(part: Any) -> Any:
        if isinstance(part, slice):
            return slice(*[function(end) for end in (part.start, part.stop, part.step)])
        return function(part)

    return mapped(leaf, tree)


class Calls(Recording):
    """The calls that run while it is on. known: inputs, parameters and buffers."""

    def __init__(self, known: Sequence[tuple[np.ndarray[Any, Any], Value]] = ()) -> None:
        super().__init__()
        self.made: list[Call] = []
        self._values: dict[int, Value] = {}
        # An array is known by identity as long as it is there.
        self._kept: list[np.ndarray[Any, Any]] = []
        self._writing = 0
        for array, value in known:
            self._learn(array, value)
        self._handlers = self._handlers | dict.fromkeys(CALLERS, Calls._caller)
        self._handlers[wrap.__code__] = Calls._ignored
        self._handlers[put.__code__] = Calls._written
        self._handlers[write.__code__] = Calls._written

    def value(self, of: Tensor | np.ndarray[Any, Any]) -> Value:
        """The value that a Tensor or an array holds; a new constant, if nothing is known of it."""
        array = of.array if isinstance(of, Tensor) else of
        found = self._values.get(id(array))
        if found is None:
            found = Value(array.copy())
            self._learn(array, found)
        return found

    def _learn(self, array: np.ndarray[Any, Any], value: Value) -> None:
        self._values[id(array)] = value
        self._kept.append(array)

    def _ignored(self, frame: FrameType, entered: bool, made: Any) -> None:
        return

    def _caller(self, frame: FrameType, entered: bool, made: Any) -> None:
        """A caller of an op is entered, or left. One may call itself with arguments in one dtype, or other ops."""
        if entered:
            op, given = called(frame)
            holds_tensors = any(isinstance(part, Tensor) for part in parts_of(given))
            arguments = [replaced(self._argument, geometry_of(part)) for part in given] if holds_tensors else []
            self._open.append((op, arguments, len(self.made)))
            return
        if not self._open:
            return
        op, arguments, before = self._open.pop()
        results = made if isinstance(made, tuple) else (made,)
        if not arguments or not all(isinstance(one, Tensor) for one in results):
            return
        inner = {id(value) for call in self.made[before:] for value in call.results}
        if all(id(self._values.get(id(one.array))) in inner for one in results):
            return
        self._add(Call(op, arguments, line_of(frame), tuple(self._scopes)), [one.array for one in results])

    def _add(self, call: Call, arrays: Sequence[np.ndarray[Any, Any]]) -> None:
        call.results = [Value(array, source=call, position=i) for i, array in enumerate(arrays)]
        for array, value in zip(arrays, call.results):
            self._learn(array, value)
        self.made.append(call)

    def _argument(self, part: Any) -> Any:
        if isinstance(part, (Tensor, np.ndarray)):
            return self.value(part)
        return part.item() if isinstance(part, np.generic) else part

    def _written(self, frame: FrameType, entered: bool, made: Any) -> None:
        """Something is written into the memory of a Tensor: from then on it holds another value."""
        self._writing += 1 if entered else -1
        if not entered or self._writing > 1:
            return
        local = frame.f_locals
        self._write(frame, local["x"], local["value"] if "value" in local else local["values"], tuple(local["keys"]))

    def _write(self, frame: FrameType, x: Tensor, values: Any, keys: tuple[Any, ...]) -> None:
        of = getattr(x, "view_of", None)
        base, chain = (x, ()) if of is None else (of.base, of.chain)
        memory = owner(base.array)
        before, given = self.value(base), self._argument(values)
        if before.array is base.array:
            before.array = base.array.copy()
        # Whatever else sees this memory holds what is not known any more.
        for array in [array for array in self._kept if owner(array) is memory]:
            value = self._values.pop(id(array), None)
            if value is not None and value.array is array:
                value.array = array.copy()
        if (
            not (chain or keys)
            and isinstance(given, Value)
            and given.array.shape == x.array.shape
            and given.dtype == x.array.dtype
        ):
            self._learn(base.array, given)
        elif all(op is getitem for op, _, _ in chain):
            where = [replaced(self._argument, key) for key in (*(args[0] for _, args, _ in chain), *keys)]
            self._put(frame, before, base.array, given, where)
            if x is not base:
                self._add_call(frame, getitem, [self.value(base)], x.array, [args[0] for _, args, _ in chain])

    def _put(self, frame: FrameType, before: Value, array: Any, values: Any, keys: list[Any]) -> None:
        """Record that ``array``, which held ``before``, holds ``values`` at ``keys``, one inside of the other."""
        line, scopes = line_of(frame), tuple(self._scopes)
        whole = [before]
        for key in keys[:-1]:
            inner = getitem.forward(whole[-1].array, replaced(_array_of, key))
            self._add(Call(getitem, [whole[-1], key], line, scopes), [inner])
            whole.append(self.value(inner))
        for holder, key in zip(reversed(whole), reversed(keys or [...])):
            given = values.array if isinstance(values, Value) else values
            out = write_at.forward(holder.array, given, replaced(_array_of, key))
            self._add(Call(write_at, [holder, values, key], line, scopes), [out])
            values = self.value(out)
        self._learn(array, values)

    def _add_call(self, frame: FrameType, op: Op, given: list[Any], array: Any, keys: list[Any]) -> None:
        """Record that ``array`` is what ``keys``, one after the other, pick from a value."""
        value = given[0]
        for key in keys:
            out = getitem.forward(value.array, key)
            self._add(Call(op, [value, replaced(self._argument, key)], line_of(frame), tuple(self._scopes)), [out])
            value = self.value(out)
        self._learn(array, value)


def _array_of(part: Any) -> Any:
    return part.array if isinstance(part, Value) else part


def parts_of(tree: Any) -> list[Any]:
    """The leaves of ``tree``."""
    found = []
    for part in leaves(tree):
        found += [part.start, part.stop, part.step] if isinstance(part, slice) else [part]
    return found


def needed(outputs: Sequence[Value], made: Sequence[Call]) -> list[Call]:
    """The calls of ``made`` that led to ``outputs``, in order."""
    wanted = {id(value.source) for value in outputs if value.source is not None}
    found: list[Call] = []
    for call in reversed(made):
        if id(call) in wanted:
            found.append(call)
            wanted.update(id(value.source) for value in call.values() if value.source is not None)
    return found[::-1]


def opened(call: Call, wanted: Callable[[Call], bool]) -> list[Call]:
    """The calls that a fused op is composed of, in place of ``call``; those that are ``wanted`` are opened in turn."""
    reference: Any = call.op.reference
    tensors: dict[int, Tensor] = {}

    def tensor_of(part: Any) -> Any:
        if not isinstance(part, Value):
            return part
        return tensors.setdefault(id(part), wrap(part.array, None))

    arguments = [replaced(tensor_of, part) for part in call.arguments]
    calls = Calls([(value.array, value) for value in call.values()])
    with calls:
        made = reference(*arguments)
    results = made if isinstance(made, tuple) else (made,)
    for result, value in zip(call.results, [calls.value(one) for one in results]):
        result.source, result.position, result.name = value.source, value.position, value.name
    for one in calls.made:
        one.line, one.scopes = call.line, call.scopes
    return [part for one in calls.made for part in (opened(one, wanted) if wanted(one) else [one])]

"""Which value of a tape each object is that took part in what is recorded."""

from __future__ import annotations

from typing import Any
from weakref import ref

import numpy as np

from ..engine.node import Node
from ..engine.several import Parts
from ..engine.tensor import Tensor
from ..engine.versions import owner
from .calls import made_again, owner_of, seen_in
from .tape import Like, Tape, Value, geometry

# What is no other object each time it is computed, and is not told apart by identity.
PLAIN = {bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type}


class Values:
    """The `Value` of each object, by its identity; all objects are kept until the recording is done.

    tensors: of Tensors that are there at first, which argument each is, or the Tensor itself.
    constants: values of arrays that nothing is known of, with the arrays and what was in them at first sight.
    """

    def __init__(self) -> None:
        self.tape = Tape()
        self.known: dict[int, Value] = {}
        self.kept: list[Any] = []
        self.tensors: dict[int, Any] = {}
        self.constants: list[tuple[Value, Any, Any]] = []

    def know(self, thing: Any, value: Value) -> None:
        """Remember that ``thing`` is ``value``, from now on."""
        self.known[id(thing)] = value
        self.kept.append(thing)

    def learn(self, result: Any, value: Value) -> None:
        """Remember what a call returned, the parts of a tuple among it."""
        if is_plain(result):
            return
        if value.kind == "made":
            value.source.gave = geometry(result)
        self.know(result, value)
        if isinstance(result, np.ndarray):
            memory = result if result.base is None else owner(result)
            if id(memory) not in self.known:
                self.know(memory, Value("part", value, owner_of))
        elif isinstance(result, (tuple, list)):
            for place, part in enumerate(result):
                self.learn(part, Value("part", value, place))

    def learn_tensors(self, made: Any, result: Any, value: Value | None) -> None:
        """Remember the Tensors that the caller of an op made of ``result``, which is ``value``.

        Where that is a number of NumPy they have an array made of it.
        """
        if value is None:
            return
        if isinstance(made, Tensor):
            if id(made.array) not in self.known and isinstance(result, (np.generic, tuple)):
                self._learn_number(made, result[0] if isinstance(result, tuple) else result)
        elif isinstance(made, tuple) and isinstance(result, (tuple, list)):
            for tensor, number in zip(made, result[0] if isinstance(result[0], tuple) else result):
                if isinstance(tensor, Tensor) and id(tensor.array) not in self.known:
                    self._learn_number(tensor, number)

    def _learn_number(self, tensor: Tensor, number: Any) -> None:
        if isinstance(number, np.generic):
            self.learn(tensor.array, self.tape.add(np.asarray, (self.value_of(number),), "array"))

    def value_of(self, thing: Any) -> Any:
        """``thing`` with a `Value` for all that is another object in each run."""
        found = self.known.get(id(thing))
        if found is not None:
            return found
        if is_plain(thing):
            return thing
        if isinstance(thing, np.ndarray):
            return self._view_or_constant(thing)
        if isinstance(thing, Tensor):
            found = Value("tensor", self.tensors.get(id(thing), thing))
        elif isinstance(thing, Node):
            return Like(thing.shape, thing.dtype)
        elif isinstance(thing, ref):
            # What no rule reads.
            return None
        elif type(thing) is Parts:
            return self.tape.add(Parts, ([self.value_of(part) for part in thing],), "gradients of several results")
        elif type(thing) is slice:
            return slice(*map(self.value_of, (thing.start, thing.stop, thing.step)))
        elif isinstance(thing, (tuple, list)):
            parts = [self.value_of(part) for part in thing]
            return type(thing)(*parts) if hasattr(thing, "_fields") else type(thing)(parts)
        elif type(thing) is dict:
            return {key: self.value_of(part) for key, part in thing.items()}
        else:
            return self._constant(thing)
        self.know(thing, found)
        return found

    def value_of_object(self, thing: Any) -> Value:
        """The value of an object that is neither an array nor a Tensor, whatever it holds."""
        found = self.known.get(id(thing))
        return found if found is not None else self._constant(thing)

    def varies(self, array: np.ndarray[Any, Any]) -> bool:
        """Whether an array is none that was made of Python numbers."""
        found = self.known.get(id(array))
        return found is not None and found.kind != "constant"

    def empty_like(self, array: np.ndarray[Any, Any]) -> Any:
        """An array that is only asked for its shape, or written to: what is in it doesn't matter."""
        if id(array) not in self.known and owner(array) is array:
            shape = Value("constant", np.zeros_like(array))
            shape.place = shape.source
            self.kept.append(shape.source)
            self.learn(array, self.tape.add(np.empty_like, (shape,), "empty"))
        return array

    def note_written(self) -> None:
        """Find out which constants were written to since they were seen."""
        for value, now, first in self.constants:
            if now.tobytes() != first:
                value.written = True

    def _view_or_constant(self, array: np.ndarray[Any, Any]) -> Value:
        memory = owner(array)
        base = self.known.get(id(memory))
        if base is None or memory is array:
            return self._constant(array)
        offset = array.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
        found = self.tape.add(seen_in, (base, array.shape, array.dtype, array.strides, offset), "view")
        self.know(array, found)
        return found

    def _constant(self, thing: Any) -> Value:
        found = Value("constant", thing)
        if isinstance(thing, np.ndarray):
            found.source = made_again(thing)
            self.constants.append((found, thing, thing.tobytes()))
            found.place = thing
        self.know(thing, found)
        return found


def is_plain(thing: Any) -> bool:
    return type(thing) in PLAIN or isinstance(thing, np.dtype)

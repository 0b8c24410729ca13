"""In-place forms that go through each element in Python, and those that give a Tensor other memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..creation.arguments import sizes_of
from ..creation.storage import Storage, UntypedStorage, memory_behind, seen
from ..engine.tensor import Tensor, steps
from ..engine.writing import write
from ..ops.strided import memory_of


def _by_element(name: str, function: Callable[..., Any], self: Tensor, *others: Tensor) -> Tensor:
    """Write ``function`` of each element, and of those of the ``others`` beside it, over it."""
    if any(x.node is not None for x in (self, *others)):
        raise RuntimeError(
            f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead: it has no "
            "derivative"
        )
    for position, x in enumerate(others, 1):
        if x.dtype is not self.dtype:
            which = "'other'" if len(others) == 1 else f"argument {position}"
            raise TypeError(f"{name}: expected {self.type()} for {which} (got {x.type()})")
    columns = [x.array.reshape(-1).tolist() for x in (self, *(x.expand(self.shape) for x in others))]
    made = [function(*row) for row in zip(*columns)]
    return write(self, np.array(made, self.array.dtype).reshape(self.array.shape))


def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """In place: ``callable`` of each element, a Python number. Slow; RuntimeError if the Tensor requires grad."""
    return _by_element("apply_", callable, self)


def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """In place: ``callable`` of each element and of that of ``tensor`` beside it. TypeError for another dtype."""
    return _by_element("map_", callable, self, tensor)


def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """In place: ``callable`` of each element and of those of two other Tensors beside it."""
    return _by_element("map2_", callable, self, x, y)


def _moved(self: Tensor, array: np.ndarray[Any, Any]) -> Tensor:
    """This Tensor on other memory, or on other parts of its own. It is no view of another any more."""
    self.data = Tensor._wrap(array, None)
    if hasattr(self, "view_of"):
        del self.view_of
    return self


def resize_(self: Tensor, *args: Any, size: Any = None, memory_format: Any = None) -> Tensor:
    """In place: other sizes, row by row from the first element on, with whatever is in memory there.

    What doesn't fit goes to new memory, which views of this Tensor don't see. RuntimeError if it requires grad.
    """
    sizes = sizes_of("resize_", args, size)
    if self.node is not None:
        raise RuntimeError("cannot resize variables that require grad; detach() it first")
    array, count = self.array, math.prod(sizes)
    if array.shape == sizes:
        return self
    _, start = memory_of(array)
    memory = memory_behind(array)[start:]
    if count * array.itemsize > memory.size:
        grown = np.empty(count * array.itemsize, np.uint8)
        grown[: memory.size] = memory
        memory = grown
    return _moved(self, np.ndarray(sizes, array.dtype, memory))


def resize_as_(self: Tensor, the_template: Tensor, memory_format: Any = None) -> Tensor:
    """In place: the sizes of ``the_template``; see `resize_`."""
    return resize_(self, the_template.shape)


def set_(self: Tensor, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None) -> Tensor:
    """In place: this Tensor sees the memory of ``source``, a Tensor or a storage, from then on; none without one.

    storage_offset, size, stride: which elements of a storage, by default all of it; strides are those of rows if not
    given. RuntimeError for another dtype, for elements outside of the memory, and if this Tensor is in a graph.
    """
    if self.node is not None:
        raise RuntimeError("set_: this Tensor requires grad; detach() it first, or assign to its data")
    dtype = self.array.dtype
    if source is None:
        return _moved(self, np.empty(0, dtype))
    found = source if isinstance(source, Storage) else None
    if found is None:
        if not isinstance(source, Tensor):
            raise TypeError(f"set_(): argument 'source' must be a Tensor or a storage, not {type(source).__name__}")
        if source.array.dtype != dtype:
            raise RuntimeError(f"Could not set tensor of type {source.dtype} to a tensor of type {self.dtype}")
        if size is None:
            return _moved(self, source.array)
        found = UntypedStorage.of(memory_behind(source.array))
    elif found.values.dtype not in (dtype, np.uint8):
        raise RuntimeError(f"Expected a Storage of type {self.dtype}, or an untyped one, but got {found.values.dtype}")
    sizes = (found.nbytes() // dtype.itemsize,) if size is None else sizes_of("set_", (size,), None)
    strides = steps(np.empty(sizes, np.bool_)) if stride is None else tuple(stride)
    return _moved(self, seen(found, dtype, storage_offset, sizes, strides))

"""What functions do on memory, in parts: arrays as parts of memory, and steps that read and write these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class Part(NamedTuple):
    """An array in the memory of this number. offset: how far its first element is from that of the memory, in bytes."""

    memory: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype[Any]

    def of(self, array: Array) -> Array:
        """This part of the memory of ``array``."""
        if self.offset == 0 and self.shape == array.shape and self.strides == array.strides:
            return array
        if self.shape == array.shape[::-1] and self.offset == 0 and self.strides == array.strides[::-1]:
            return array.T
        return seen(array, self)


def seen(array: Array, part: Part) -> Array:
    """``part`` of the memory of ``array``."""
    flat, offset = array, part.offset
    if not array.flags.c_contiguous or offset < 0:
        whole = array
        while isinstance(whole.base, np.ndarray):
            whole = whole.base
        flat = whole.ravel(order="K")
        offset += address(array) - address(flat)
        if not np.may_share_memory(flat, whole):
            return np.asarray(Window(array, part))
    return np.ndarray(part.shape, part.dtype, flat, offset, part.strides)


def address(array: Array) -> int:
    """Where the first element of ``array`` is."""
    found: int = array.__array_interface__["data"][0]
    return found


class Window:
    """A part of the memory of an array that has gaps, as NumPy takes it."""

    def __init__(self, array: Array, part: Part) -> None:
        self.array = array
        self.__array_interface__ = {
            "version": 3,
            "data": (address(array) + part.offset, False),
            "shape": part.shape,
            "strides": part.strides,
            "typestr": part.dtype.str,
        }


class Step(NamedTuple):
    """A call of a ufunc, or of one of its methods, that writes to ``out``; or of a kernel, which gave ``out``."""

    kind: str
    function: Any
    operands: tuple[Any, ...]
    out: Any
    settings: tuple[tuple[str, Any], ...] = ()


class Memory(NamedTuple):
    """``"given"``: of an argument; ``"made"`` by a ufunc; ``"own"``: made by the function, with what was in it."""

    kind: str
    size: int
    content: Array | None


def bounds(array: Array) -> tuple[int, int]:
    """The addresses of the first byte of what ``array`` sees, and of the first after it."""
    start = address(array)
    reach = [stride * (size - 1) for stride, size in zip(array.strides, array.shape)]
    low = start + sum(step for step in reach if step < 0)
    return low, start + sum(step for step in reach if step > 0) + array.itemsize


def copy_of(array: Array) -> Array:
    """A copy of ``array`` in memory of its own, laid out as it is, gaps and repeated elements too."""
    if array.flags.c_contiguous:
        return np.array(array, order="C", ndmin=0, subok=False)
    if not array.size:
        return array.copy()
    low, high = bounds(array)
    memory = np.zeros(high - low, np.uint8)
    start = address(array)
    made = np.ndarray(array.shape, array.dtype, memory, start - low, array.strides)
    made[...] = array
    return made


def mapped_arrays(tree: Any, change: Callable[[Array], Any]) -> Any:
    """``tree`` with what ``change`` makes of its arrays."""
    if isinstance(tree, np.ndarray):
        return change(tree) if tree.size else tree
    if isinstance(tree, (tuple, list)):
        parts = [mapped_arrays(part, change) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree

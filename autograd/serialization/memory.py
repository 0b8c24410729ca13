"""The memory of Tensors: those that share some when they are saved share it when they are loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..engine import above
from ..engine.tensor import Tensor
from .numbers import Array


class View(NamedTuple):
    """A Tensor as a part of the array with this number. ``start`` and ``strides`` count elements."""

    array: int
    start: int
    shape: list[int]
    strides: list[int]
    requires_grad: bool
    kind: str


def _memory_of(array: Array) -> Array:
    """The array whose memory ``array`` is a view of; itself where that is none of NumPy's own."""
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner if owner.base is None and owner.dtype == array.dtype else array


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def views_of(tensors: Sequence[Tensor], backwards: bool = True) -> tuple[list[View], list[Array]]:
    """Each Tensor as a view of an array, and these arrays, flat.

    Of memory that only one Tensor sees, only the part that it sees is kept. Where a format can't go ``backwards``
    through memory, a Tensor that does is kept by itself.
    """
    owners = [
        x.array if not backwards and min(x.array.strides, default=0) < 0 else _memory_of(x.array) for x in tensors
    ]
    seen = Counter(map(id, owners))
    views: list[View] = []
    arrays: dict[int, tuple[int, Array]] = {}
    for x, owner in zip(tensors, owners):
        if id(owner) not in arrays:
            alone = owner.base is not None or (seen[id(owner)] == 1 and x.array.size <= owner.size)
            # In the same order, without what lies between its elements.
            stored = owner
            if alone:
                stored = x.array if x.array.flags.forc else x.array.copy(order="K")
            arrays[id(owner)] = len(arrays), stored
        position, stored = arrays[id(owner)]
        view = x.array if stored is owner else stored
        start = (_address(view) - _address(stored)) // view.itemsize
        strides = [stride // view.itemsize for stride in view.strides]
        views.append(View(position, start, list(view.shape), strides, x.requires_grad, type(x).__name__))
    return views, [stored.ravel(order="K") for _, stored in arrays.values()]


def tensor_in(flat: Array, start: int, shape: Sequence[int], strides: Sequence[int]) -> Tensor:
    """The Tensor that is this part of an array: the inverse of `views_of`. ValueError if it leaves the array."""
    steps = [step * flat.itemsize for step in strides]
    return Tensor._wrap(np.ndarray(tuple(shape), flat.dtype, flat, start * flat.itemsize, steps), None)


def as_kind(x: Tensor, kind: str, requires_grad: bool) -> Tensor:
    """``x`` as a Parameter, if that is its kind and nn was imported, and requiring gradients or not."""
    if kind == "Parameter" and above.Parameter is not None:
        x = above.Parameter._wrap(x.array, None)
    return x.requires_grad_() if requires_grad else x

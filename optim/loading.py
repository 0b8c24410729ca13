"""What an optimizer loads: whether it was saved for the same parameters, and copies of it that fit them."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from autograd import Tensor, from_numpy

from .parameters import dtype_of

Shape = tuple[int, ...]


def matched(saved: Sequence[Mapping[str, Any]], own: Sequence[Mapping[str, Any]]) -> dict[Any, Any]:
    """The parameters of the groups ``own`` by their numbers in the groups ``saved``; ValueError for other sizes."""
    sizes, own_sizes = ([len(group["params"]) for group in groups] for groups in (saved, own))
    if len(sizes) != len(own_sizes):
        raise ValueError(
            f"loaded state dict has a different number of parameter groups: {len(sizes)}, but the optimizer has "
            f"{len(own_sizes)}, so they don't match the optimizer's"
        )
    if sizes != own_sizes:
        raise ValueError(
            "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: the "
            f"sizes {sizes} don't match the optimizer's, {own_sizes}"
        )
    each = chain.from_iterable
    return dict(zip(each(group["params"] for group in saved), each(group["params"] for group in own)))


def restored(
    saved: Mapping[Any, Any],
    parameters: Mapping[Any, Any],
    shapes: Callable[[Shape], Mapping[str, Shape]],
    counters: Collection[str],
) -> defaultdict[Any, dict[str, Any]]:
    """What was ``saved`` of each number for the parameter of that number, in its dtype; ``counters`` in their own.

    shapes: gives the shapes that what is remembered of a parameter has. ValueError for others.
    """
    state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
    for number, remembered in saved.items():
        if not isinstance(number, int):  # what somebody keeps there of no parameter
            state[number] = copy.deepcopy(remembered)
            continue
        if number not in parameters:
            raise ValueError(f"loaded state dict has a state of parameter {number!r}, which is in none of its groups")
        p = parameters[number]
        for name, shape in shapes(tuple(p.shape)).items():
            tensor = remembered.get(name)
            if tensor is not None and tuple(np.shape(tensor)) != shape:
                raise ValueError(
                    f"loaded state dict: {name!r} of parameter {number!r} has the shape {tuple(np.shape(tensor))}, "
                    f"but the parameter has the shape {tuple(p.shape)}; was it saved for another model?"
                )
        state[p] = {name: fitted(name, value, dtype_of(p), counters) for name, value in remembered.items()}
    return state


def fitted(name: str, value: Any, dtype: np.dtype[Any], counters: Collection[str]) -> Any:
    """A copy of ``value``, which was saved under ``name``, with Tensors in ``dtype``; a count in its own."""
    if isinstance(value, Tensor):
        return from_numpy(np.array(value.array, None if name in counters else dtype))
    if isinstance(value, dict):
        return {key: fitted(key, part, dtype, counters) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [fitted("", part, dtype, counters) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return copy.deepcopy(value)

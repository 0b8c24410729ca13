"""Parameters as arrays, and what is remembered of them: `Scalar` parameters are treated as arrays of one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Scalar, Tensor, from_numpy

from .kernels import Array


def dtype_of(p: Any) -> np.dtype[Any]:
    return p.dtype if isinstance(p, Scalar) else p.array.dtype


def with_arrays(params: Sequence[Any]) -> list[tuple[Any, Array]]:
    """Each parameter with its array. That of a Scalar is made for it."""
    return [(p, np.array(p.data) if isinstance(p, Scalar) else p.array) for p in params]


def with_gradients(params: Sequence[Any]) -> list[tuple[Any, Array, Array]]:
    """Of the parameters that have a gradient, the array and that of the gradient. Those of Scalars are made for it."""
    return [
        (p, values, np.array(p.grad) if isinstance(p, Scalar) else p.grad.array)
        for p, values in with_arrays([p for p in params if p.grad is not None])
    ]


def put_back(p: Any, values: Array, changed: Array) -> None:
    """Let the parameter ``p``, which has or had the array ``values``, have what is in ``changed``."""
    if isinstance(p, Scalar):
        p.data = float(changed)
    elif changed is not values:
        values[...] = changed


def zeros(values: Array) -> Tensor:
    """A Tensor of zeros in the shape and dtype of ``values``, for the state of a parameter."""
    return from_numpy(np.zeros_like(values))


def counter(value: float = 0.0) -> Tensor:
    """A 0-d float32 Tensor, for what is counted of a parameter."""
    return from_numpy(np.array(value, np.float32))


def counted(state: dict[str, Any]) -> float:
    """How many steps there were with this one, which is counted in the ``state`` of a parameter."""
    if not isinstance(state.get("step"), Tensor):
        state["step"] = counter(float(state.get("step", 0)))
    state["step"].array[...] += 1
    return float(state["step"].array)

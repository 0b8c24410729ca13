"""A function of one example as a function of many."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..creation.generator import get_rng_state, set_rng_state
from ..engine.tensor import Tensor, wrap
from ..ops.joining import stack
from .tree import leaves, leaves_along, rebuilt


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that applies ``func`` to each slice of its arguments and stacks what comes out.

    A plain loop: it saves writing dimensions, not time, and ``chunk_size`` changes nothing.
    in_dims: which dimension of each argument to slice, built as the arguments are; None for what is given whole.
    out_dims: where the new dimension stands in each output; None for an output that is the same for all slices.
    randomness: whether random numbers in ``func`` are an "error", "different" for each slice or the "same".
    Raises ValueError where these don't fit the arguments.

    >>> dot = autograd.func.vmap(lambda x, y: (x * y).sum(), in_dims=(0, None))
    >>> dot(autograd.tensor([[1., 2.], [3., 4.]]), autograd.tensor([1., 10.]))
    tensor([21., 43.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")

    @wraps(func)
    def mapped_function(*args: Any, **kwargs: Any) -> Any:
        name = f"vmap({getattr(func, '__name__', repr(func))}, in_dims={in_dims}, ...)(<inputs>)"
        dims = [*_dims(name, in_dims, args), *(0 for _ in leaves(kwargs))]
        given = list(zip(leaves((args, kwargs)), dims))
        size = _size(name, given)

        def run(i: int) -> Any:
            slices, named = rebuilt((args, kwargs), [_slice(x, dim, i) for x, dim in given])
            return func(*slices, **named)

        before = get_rng_state()
        results = []
        # Where there is no slice, one of zeros tells what a result looks like.
        for i in range(size) if size else [-1]:
            if randomness == "same":
                set_rng_state(before)
            results.append(run(i))
        if randomness == "error" and (get_rng_state().array != before.array).any():
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode. Please either use the 'same' or "
                "'different' randomness flags on vmap or perform the randomness operation out of vmap"
            )
        return _joined(name, results, out_dims, size)

    return mapped_function


def _dims(name: str, in_dims: Any, args: tuple[Any, ...]) -> list[int | None]:
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{name}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    try:
        return list(leaves_along(args, in_dims, prefix=True))
    except ValueError as error:
        raise ValueError(f"{name}: in_dims is not compatible with the structure of `inputs`: {error}") from None


def _size(name: str, arguments: list[tuple[Any, Any]]) -> int:
    """How many slices there are."""
    if not arguments:
        raise ValueError(f"{name}: got no inputs. Maybe you forgot to add inputs, or func has none.")
    sizes = []
    for x, dim in arguments:
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(f"{name}: Got in_dim={dim} for an input but in_dim must be either an integer or None.")
        if not isinstance(x, Tensor):
            raise ValueError(
                f"{name}: Got in_dim={dim} for an input but the input is of type {type(x)}. We cannot vmap over "
                "non-Tensor arguments, please use None as the respective in_dim"
            )
        if not -x.ndim <= dim < x.ndim:
            raise ValueError(
                f"{name}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {x.ndim} so "
                f"expected in_dim to satisfy -{x.ndim} <= in_dim < {x.ndim}."
            )
        sizes.append(x.shape[dim])
    if not sizes:
        raise ValueError(f"{name}: at least one input must be mapped over, but all in_dims are None")
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return sizes[0]


def _slice(x: Any, dim: int | None, i: int) -> Any:
    if dim is None:
        return x
    if i < 0:
        return wrap(np.zeros(np.delete(x.shape, dim), x.array.dtype), None)
    return x[(slice(None),) * (dim % x.ndim) + (i,)]


def _joined(name: str, results: list[Any], out_dims: Any, size: int) -> Any:
    """The outputs of all slices as one, along a new dimension each."""
    try:
        dims = list(leaves_along(results[0], out_dims, prefix=True))
    except ValueError as error:
        raise ValueError(f"{name}: out_dims is not compatible with the structure of `outputs`: {error}") from None
    joined = []
    for dim, *values in zip(dims, *map(leaves, results)):
        if dim is None:
            if not all(_same(values[0], value) for value in values):
                raise ValueError(f"{name}: an output with out_dim None must not differ between the slices")
            joined.append(values[0])
            continue
        for value in values:
            if not isinstance(value, Tensor):
                raise ValueError(
                    f"{name}: func must only return Tensors, got type {type(value)}. Did you mean to set out_dims= to "
                    "None for output?"
                )
        whole = stack(values, dim)
        joined.append(whole if size else whole[(slice(None),) * (dim % whole.ndim) + (slice(0),)])
    return rebuilt(results[0], joined)


def _same(x: Any, y: Any) -> bool:
    return np.array_equal(x.array, y.array, equal_nan=True) if isinstance(x, Tensor) else bool(x == y)

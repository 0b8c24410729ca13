"""Ops that make one number of several, and those that put elements in order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..calls import Value
from ..sizes import Size
from .registry import row


def axes_of(dim: Any, ndim: int) -> list[int]:
    """The dimensions that ``dim`` means: all for None and for none."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return list(range(ndim))
    return [one % ndim if ndim else 0 for one in (dim if isinstance(dim, (tuple, list)) else [dim])][: ndim or 0]


def reduction(kind: str) -> Any:
    """The row of a reduction over ``dim``, in the dtype of the result."""

    def add(g: Any, out: Value, x: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
        return g.reduce(kind, g.operand(x, out.dtype), axes_of(dim, x.ndim), keepdim)

    return add


row("sum")(reduction("ReduceSum"))
row("mean")(reduction("ReduceMean"))
row("prod")(reduction("ReduceProd"))
row("amax", "max_of_all")(reduction("ReduceMax"))
row("amin", "min_of_all")(reduction("ReduceMin"))
row("logsumexp")(reduction("ReduceLogSumExp"))


@row("nansum")
def nansum(g: Any, out: Value, x: Value, dim: Any, keepdim: bool) -> str:
    if x.dtype.kind != "f":
        return reduction("ReduceSum")(g, out, x, dim, keepdim)
    known = g.node("Where", g.node("IsNaN", x), g.number(0, x.dtype), x)
    return g.reduce("ReduceSum", known, axes_of(dim, x.ndim), keepdim)


@row("nanmean")
def nanmean(g: Any, out: Value, x: Value, dim: Any, keepdim: bool) -> str:
    known = g.cast(g.node("Not", g.node("IsNaN", x)), bool, x.dtype)
    count = g.reduce("ReduceSum", known, axes_of(dim, x.ndim), keepdim)
    return g.node("Div", nansum(g, out, x, dim, keepdim), count)


def of_bools(kind: str) -> Any:
    """Whether all or any hold: the least or the largest of 0 and 1."""

    def add(g: Any, out: Value, x: Value, dim: Any = None, keepdim: bool = False) -> str:
        numbers = g.cast(g.cast(x, x.dtype, bool), bool, np.int32)
        return g.cast(g.reduce(kind, numbers, axes_of(dim, x.ndim), keepdim), np.int32, out.dtype)

    return add


row("all")(of_bools("ReduceMin"))
row("any")(of_bools("ReduceMax"))


@row("count_nonzero")
def count_nonzero(g: Any, out: Value, x: Value, dim: Any) -> str:
    ones = g.cast(g.cast(x, x.dtype, bool), bool, np.int64)
    return g.reduce("ReduceSum", ones, axes_of(dim, x.ndim), False)


@row("sum_to_size")
def sum_to_size(g: Any, out: Value, x: Value, size: Any) -> str:
    ahead = x.ndim - out.ndim
    over = [i for i in range(x.ndim) if i < ahead or (out.array.shape[i - ahead] == 1 != x.array.shape[i])]
    return g.reshape(g.reduce("ReduceSum", x, over, True), out.shape)


def variance(g: Any, x: Value, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> str:
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    correction = int(unbiased) if correction is None else correction
    axes = axes_of(dim, x.ndim)
    apart = g.node("Sub", x, g.reduce("ReduceMean", x, axes, True))
    squares = g.node("Mul", apart, apart)
    if not correction:
        return str(g.reduce("ReduceMean", squares, axes, keepdim))
    sizes = [x.shape[axis] for axis in axes]
    if any(isinstance(size, Size) for size in sizes):
        count = g.node("ReduceProd", g.cast(g.sizes(sizes), np.int64, x.dtype), keepdims=0)
    else:
        count = g.number(math.prod(sizes), x.dtype)
    degrees = g.node("Sub", count, g.number(correction, x.dtype))
    return str(g.node("Div", g.reduce("ReduceSum", squares, axes, keepdim), degrees))


@row("var")
def var(g: Any, out: Value, x: Value, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> str:
    return variance(g, x, dim, unbiased, keepdim, correction)


@row("std")
def std(g: Any, out: Value, x: Value, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> str:
    return g.node("Sqrt", variance(g, x, dim, unbiased, keepdim, correction))


@row("vector_norm")
def vector_norm(g: Any, out: Value, x: Value, ord: float, dim: Any, keepdim: bool) -> str:
    axes = axes_of(dim, x.ndim)
    if ord in (1, 2):
        return g.reduce(f"ReduceL{int(ord)}", x, axes, keepdim)
    size = g.node("Abs", x)
    if math.isinf(ord):
        return g.reduce("ReduceMax" if ord > 0 else "ReduceMin", size, axes, keepdim)
    if ord == 0:
        nonzero = g.cast(g.node("Not", g.node("Equal", x, g.number(0, x.dtype))), bool, x.dtype)
        return g.reduce("ReduceSum", nonzero, axes, keepdim)
    total = g.reduce("ReduceSum", g.node("Pow", size, g.number(ord, x.dtype)), axes, keepdim)
    return g.node("Pow", total, g.number(1 / ord, x.dtype))


def place_of(kind: str) -> Any:
    """The row of where the largest or smallest is, in one dimension or in all, one after the other."""

    def add(g: Any, out: Value, x: Value, dim: int | None, keepdim: bool) -> str:
        if dim is None or not x.ndim:
            return g.reshape(g.node(kind, g.node("Reshape", x, g.ints(-1)), axis=0, keepdims=0), out.shape)
        return g.node(kind, x, axis=dim, keepdims=int(keepdim))

    return add


row("argmax")(place_of("ArgMax"))
row("argmin")(place_of("ArgMin"))


@row("argsort", fits=lambda x, dim, descending, stable: x.ndim > 0)
def argsort(g: Any, out: Value, x: Value, dim: int, descending: bool, stable: bool) -> str:
    size = g.sizes([x.shape[dim]])
    return g.node("TopK", x, size, axis=dim, largest=int(descending), sorted=1, outputs=2)[1]


@row("cumsum")
def cumsum(g: Any, out: Value, x: Value, dim: int) -> str:
    if not x.ndim:
        return g.operand(x, out.dtype)
    return g.node("CumSum", g.operand(x, out.dtype), g.number(dim, np.int64))


def lines_up_to(g: Any, x: str, like: Value, dim: int, rest: Any) -> str:
    """A square for each line of ``x`` along ``dim``, in whose rows what comes after their place is ``rest``."""
    places = g.node("Range", g.number(0, np.int64), g.number(like.shape[dim], np.int64), g.number(1, np.int64))
    across, down = (g.node("Unsqueeze", places, g.ints(*range(1, like.ndim - dim + more))) for more in (0, 1))
    return str(g.node("Where", g.node("LessOrEqual", across, down), g.node("Unsqueeze", x, g.ints(dim)), rest))


def accumulated(kind: str, rest: float) -> Any:
    """The row of what is reduced up to each place along a dimension, where there is no node for it.

    rest: what changes nothing.
    """

    def add(g: Any, out: Value, x: Value, dim: int) -> str:
        given = g.operand(x, out.dtype)
        if not x.ndim:
            return given
        dim %= x.ndim
        return g.reduce(kind, lines_up_to(g, given, x, dim, g.number(rest, out.dtype)), [dim + 1], False)

    return add


row("cumprod", fits=lambda x, dim: x.dtype.kind != "b")(accumulated("ReduceProd", 1))
row("logcumsumexp")(accumulated("ReduceLogSumExp", -math.inf))


@row("median_of_all", fits=lambda x, ignore_nan: not ignore_nan)
def median_of_all(g: Any, out: Value, x: Value, ignore_nan: bool) -> str:
    if any(isinstance(size, Size) for size in x.shape):
        raise g.refuse("the place of a median among a dynamic number of elements")
    flat = g.node("Reshape", x, g.ints(-1))
    middle = (x.array.size + 1) // 2
    lowest = g.node("TopK", flat, g.ints(middle), axis=0, largest=0, sorted=1, outputs=2)[0]
    found = g.reshape(g.node("Gather", lowest, g.ints(middle - 1)), [])
    if x.dtype.kind != "f":
        return found
    missing = g.reduce("ReduceMax", g.cast(g.node("IsNaN", flat), bool, np.int32), [0], False)
    return g.node("Where", g.cast(missing, np.int32, bool), g.number(math.nan, x.dtype), found)

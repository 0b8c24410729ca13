"""How the loop of a ufunc is to be called for operands that lie as they do."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..kernels.compiling.loops import loop_of
from .parts import Step
from .places import Spot

# Ufuncs that round as they should: it doesn't matter how many elements of a row a loop gets at once.
EXACT = frozenset({
    np.add, np.subtract, np.multiply, np.divide, np.negative, np.positive, np.absolute, np.sqrt, np.equal,
    np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.logical_and, np.logical_or, np.logical_not,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.isnan, np.isinf, np.isfinite, np.square,
})  # fmt: skip


def arranged(ufunc: Any, spots: Sequence[Any], out: Spot) -> Any:
    """The loop of ``ufunc`` for these operands, and how it is to be called; None if one isn't enough."""
    kinds = [x.dtype if isinstance(x, (Spot, np.generic)) else type(x) for x in spots]
    try:
        dtypes = ufunc.resolve_dtypes((*kinds, None))
    except TypeError:
        return None
    operands: list[Any] = []
    for x, dtype in zip(spots, dtypes):
        if isinstance(x, Spot):
            if x.dtype != dtype or not x.dtype.isnative or x.offset % dtype.itemsize:
                return None
            operands.append(x)
        else:
            operands.append(np.array(x, dtype))
    if out.dtype != dtypes[-1] or any(dtype.kind not in "fbiu" or dtype.char == "e" for dtype in dtypes):
        return None
    chars = [dtype.char for dtype in dtypes]
    loop = loop_of(ufunc, "".join(chars[:-1]) + "->" + chars[-1])
    if loop is None:
        return None
    operands.append(out)
    if ufunc.signature is not None:
        return product(ufunc, loop, operands) if ufunc is np.matmul else None
    rows = [broadcast_strides(x, out.shape) for x in operands]
    dims = sorted((i for i, size in enumerate(out.shape) if size > 1), key=lambda i: -abs(rows[-1][i]))
    sizes: list[int] = []
    steps: list[list[int]] = []
    for i in dims:
        step = [row[i] for row in rows]
        if sizes and all(before == now * out.shape[i] for before, now in zip(steps[-1], step)):
            sizes[-1] *= out.shape[i]
            steps[-1] = step
        else:
            sizes.append(out.shape[i])
            steps.append(step)
    if not sizes:
        sizes, steps = [1], [[dtype.itemsize for dtype in dtypes]]
    # Of one element NumPy says that it lies 0 bytes from the next.
    one = math.prod(sizes) == 1
    if ufunc not in EXACT and (one or len(sizes) > 1 or steps[0] != [dtype.itemsize for dtype in dtypes]):
        return None
    if len(sizes) > 2 or any(step < 0 for step in steps[0]):
        return None
    times, moves = (sizes[0], steps[0]) if len(sizes) == 2 else (1, [])
    return loop, operands, (sizes[-1],), steps[-1], times, moves


def broadcast_strides(x: Any, shape: tuple[int, ...]) -> list[int]:
    """The strides with which ``x`` is gone through in ``shape``."""
    missing = len(shape) - len(x.shape)
    return [0] * missing + [0 if size == 1 else stride for size, stride in zip(x.shape, x.strides)]


def product(ufunc: Any, loop: Any, operands: list[Any]) -> Any:
    """A product of matrices. Of vectors and of stacks NumPy sees to itself."""
    if any(len(x.shape) != 2 or min(x.shape) < 2 for x in operands):
        return None
    (rows, inner), columns = operands[0].shape, operands[1].shape[1]
    steps = [stride for x in operands for stride in x.strides]
    return loop, operands, (1, rows, inner, columns), (0, 0, 0, *steps), 1, []


def sum_of_rows(step: Step, x: Any, out: Spot) -> Any:
    """Two loops that make the sum of the rows of a matrix, as NumPy adds them: a copy of the first, and the others.

    None for another reduction, or where NumPy adds in another order.
    """
    settings = dict(step.settings)
    if step.function is not np.add or not isinstance(x, Spot) or len(x.shape) != 2 or x.dtype.char not in "fd":
        return None
    (rows, columns), size = x.shape, x.dtype.itemsize
    plain = settings.get("axis") in (0, (0,)) and settings.get("dtype") is None and settings.get("initial") is None
    if not plain or rows < 2 or columns < 2 or x.strides != (columns * size, size) or x.offset % size:
        return None
    if out.dtype != x.dtype or out.strides[-1:] != (size,) or not in_order(rows, columns, x.dtype):
        return None
    char = x.dtype.char
    copy, more = loop_of(np.positive, f"{char}->{char}"), loop_of(np.add, f"{char}{char}->{char}")
    if copy is None or more is None:
        return None
    rest = x._replace(offset=x.offset + columns * size)
    return (
        (copy, [x, out], (columns,), (size, size), 1, ()),
        (more, [out, rest, out], (columns,), (size, size, size), rows - 1, (0, columns * size, 0)),
    )


@functools.cache
def in_order(rows: int, columns: int, dtype: np.dtype[Any]) -> bool:
    """Whether NumPy adds the rows of such a matrix one after the other."""
    x = np.random.default_rng(0).standard_normal((rows, columns)).astype(dtype)
    total = x[0].copy()
    for row in x[1:]:
        total += row
    return total.tobytes() == np.add.reduce(x, 0).tobytes()

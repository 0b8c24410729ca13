"""Inverses, solutions and factors of matrices: there are no nodes for them, so Gauss's steps are written out.

Matrices are the last two dimensions. Their size can't be dynamic, and should be small: each row takes a dozen nodes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calls import Value
from ..sizes import Size
from .registry import row


def size_of(g: Any, A: Value) -> int:
    if isinstance(A.shape[-1], Size) or isinstance(A.shape[-2], Size):
        raise g.refuse("the steps that solve it are written out, so the size of the matrix can't be dynamic")
    return int(A.array.shape[-1])


def line(g: Any, x: Any, k: int, axis: int) -> str:
    """The k-th row (axis -2) or column (-1) of ``x``, which keeps its dimensions."""
    return str(g.node("Gather", x, g.ints(k), axis=axis))


def mask(g: Any, where: np.ndarray[Any, Any]) -> str:
    """A constant of bools as a column."""
    return str(g.constant(where.reshape(-1, 1)))


def eliminated(g: Any, A: Any, B: Any, n: int, dtype: Any) -> str:
    """The X with A @ X = B: rows are swapped for the largest pivot, and taken off all others (Gauss and Jordan)."""
    zero, places = g.number(0, dtype), np.arange(n)
    for k in range(n):
        column = line(g, A, k, -1)
        size = g.node("Where", mask(g, places >= k), g.node("Abs", column), g.number(-1, dtype))
        pivot = g.node("Equal", g.node("ArgMax", size, axis=-2, keepdims=1), g.constant(places.reshape(-1, 1)))
        chosen = g.cast(pivot, bool, dtype)
        made = []
        for matrix in (A, B):
            top, found = line(g, matrix, k, -2), g.reduce("ReduceSum", g.node("Mul", matrix, chosen), [-2], True)
            made.append((g.node("Where", mask(g, places == k), found, g.node("Where", pivot, top, matrix)), found))
        factor = line(g, made[0][0], k, -1)
        by = line(g, made[0][1], k, -1)
        others = g.node("Where", mask(g, places == k), zero, factor)
        A, B = (
            g.node(
                "Where",
                mask(g, places == k),
                g.node("Div", found, by),
                g.node("Sub", matrix, g.node("Mul", others, g.node("Div", found, by))),
            )
            for matrix, found in made
        )
    return str(B)


def identity(g: Any, n: int, dtype: Any) -> str:
    return str(g.constant(np.eye(n, dtype=dtype)))


@row("inverse")
def inverse(g: Any, out: Value, A: Value) -> str:
    n = size_of(g, A)
    return eliminated(g, A, identity(g, n, A.dtype), n, A.dtype)


@row("matrix_solve")
def matrix_solve(g: Any, out: Value, A: Value, B: Value) -> str:
    return eliminated(g, A, B, size_of(g, A), A.dtype)


def substituted(g: Any, A: Any, B: Any, n: int, upper: bool, unitriangular: bool) -> str:
    """The X with A @ X = B, where one triangle of A counts: one row after the other, each taken off the rest."""
    rows: dict[int, str] = {}
    for k in reversed(range(n)) if upper else range(n):
        found = line(g, B, k, -2)
        column = line(g, A, k, -1)
        rows[k] = found if unitriangular else g.node("Div", found, line(g, column, k, -2))
        B = g.node("Sub", B, g.node("Mul", column, rows[k]))
    return str(g.node("Concat", *[rows[k] for k in range(n)], axis=-2))


@row("matrix_solve_triangular")
def matrix_solve_triangular(g: Any, out: Value, A: Value, B: Value, upper: bool, unitriangular: bool) -> str:
    return substituted(g, A, B, size_of(g, A), upper, unitriangular)


def turned(g: Any, x: Any, ndim: int) -> str:
    return str(g.node("Transpose", x, perm=[*range(ndim - 2), ndim - 1, ndim - 2]))


@row("cholesky")
def cholesky(g: Any, out: Value, A: Value, upper: bool) -> str:
    """A column at a time, whose square is taken off what is left."""
    n = size_of(g, A)
    # Which triangle is read is the one that the result has.
    left: Any = turned(g, A, A.ndim) if upper else A
    columns = []
    for k in range(n):
        column = line(g, left, k, -1)
        column = g.node("Div", column, g.node("Sqrt", line(g, column, k, -2)))
        columns.append(g.node("Where", mask(g, np.arange(n) >= k), column, g.number(0, A.dtype)))
        left = g.node("Sub", left, g.node("Mul", columns[-1], turned(g, columns[-1], A.ndim)))
    L = g.node("Concat", *columns, axis=-1)
    return turned(g, L, A.ndim) if upper else str(L)


def solved_by_factor(g: Any, L: Value, B: Any, upper: bool) -> str:
    """The X with L @ Lᵀ @ X = B."""
    n, other = size_of(g, L), turned(g, L, L.ndim)
    lower, above = (other, L) if upper else (L, other)
    return substituted(g, above, substituted(g, lower, B, n, False, False), n, True, False)


@row("cholesky_solve")
def cholesky_solve(g: Any, out: Value, input: Value, input2: Value, upper: bool) -> str:
    return solved_by_factor(g, input2, input, upper)


@row("cholesky_inverse")
def cholesky_inverse(g: Any, out: Value, input: Value, upper: bool) -> str:
    return solved_by_factor(g, input, identity(g, size_of(g, input), input.dtype), upper)


@row("log_abs_det")
def log_abs_det(g: Any, out: Value, A: Value) -> str:
    return g.node("Log", g.node("Abs", g.node("Det", A)))


@row("sign_of_det")
def sign_of_det(g: Any, out: Value, A: Value) -> str:
    return g.node("Sign", g.node("Det", A))


@row("trace")
def trace(g: Any, out: Value, x: Value) -> str:
    size_of(g, x)
    least = min(x.array.shape)
    square = g.node("Slice", g.operand(x, out.dtype), g.ints(0, 0), g.ints(least, least))
    return g.node("Einsum", square, equation="ii")

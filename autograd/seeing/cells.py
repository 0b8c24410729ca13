"""Which elements of its arguments an element of a result was made of, in terms of indices.

For each argument a list with a rule for each of its dimensions:

``{"axis": k}``
    the element's own index in dimension k of the result.
``{}``
    all indices.
``{"at": i}``
    index i alone, as where one element is broadcast.
``{"axis": k, "window": [stride, padding, dilation, size]}``
    ``size`` indices, ``dilation`` apart, from ``stride·(index in dimension k) - padding`` on.
``{"axis": k, "spans": [[first, last, step], ...]}``
    the indices from ``first`` to ``last``, ``step`` apart, of the span that the index in dimension k of the result has.

Or, in place of the list, ``"flat"``: the element with the same number when both are counted row by row; and
``{"largest": [rules]}``: the first of the largest of the elements that the rules find. None where nothing is known.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..ops.broadcasting import expand
from ..ops.broadcasting import sum as total
from ..ops.conv import convolution
from ..ops.dropout import dropout
from ..ops.matmul import linear, matmul
from ..ops.op import Op
from ..ops.pointwise import positive
from ..ops.pool import avg_pool, max_pool, resample
from ..ops.reduction import amax, amin, logsumexp, max_of_all, mean, min_of_all, nanmean, nansum, prod, std, var
from ..ops.scan import cumprod, cumsum
from ..ops.shape import cast, clone, contiguous, flatten, permute, reshape, squeeze, t, transpose, unsqueeze
from ..ops.softmax import log_softmax, softmax

Shape = tuple[int, ...]
Rules = Any
ALL: dict[str, Any] = {}


def cells(op: Any, out: Shape, shapes: Sequence[Shape | None], arguments: Sequence[Any]) -> list[Rules]:
    """The rules of each argument of one call. arguments: as the op was called with, arrays and settings."""
    if op.kind == "elementwise":
        return [None if shape is None else broadcast(out, shape) for shape in shapes]
    rules = TABLE.get(op)
    if rules is None:
        return [None] * len(shapes)
    found = rules(out, shapes, list(arguments))
    return [*found, *[None] * (len(shapes) - len(found))][: len(shapes)]


def broadcast(out: Shape, shape: Shape) -> Rules:
    """Of an argument that was broadcast to ``out``."""
    ahead = len(out) - len(shape)
    return [{"at": 0} if n == 1 != out[ahead + i] else {"axis": ahead + i} for i, n in enumerate(shape)]


def reduced(out: Shape, shape: Shape) -> Rules:
    """Of an array of shape ``shape`` that was summed to ``out`` to undo broadcasting."""
    ahead = len(shape) - len(out)
    return [ALL if i < ahead or out[i - ahead] == 1 != n else {"axis": i - ahead} for i, n in enumerate(shape)]


def _reduction(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    (shape, *_) = shapes
    dim = arguments[1] if len(arguments) > 1 else None
    if dim is None or dim == ():
        gone = set(range(len(shape)))
    else:
        gone = {d % len(shape) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))}
    keepdim = len(out) == len(shape)
    kept = iter(range(len(out)))
    rules: Rules = []
    for axis in range(len(shape)):
        if axis in gone:
            rules.append(ALL)
            if keepdim:
                next(kept, None)
        else:
            rules.append({"axis": next(kept)})
    return [rules]


def _along(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    """All along one dimension, as in softmax."""
    dim = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], int) else -1
    return [[ALL if axis == dim % len(out) else {"axis": axis} for axis in range(len(out))]]


def _matmul(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    x, y = shapes
    rows, columns = len(x) > 1, len(y) > 1
    batch = len(out) - rows - columns

    def ahead(shape: Shape) -> Rules:
        count = max(len(shape) - 2, 0)
        return [
            {"at": 0} if n == 1 != out[batch - count + i] else {"axis": batch - count + i}
            for i, n in enumerate(shape[:count])
        ]

    return [
        [*ahead(x), *([{"axis": batch}] if rows else []), ALL],
        [*ahead(y), ALL, *([{"axis": len(out) - 1}] if columns else [])],
    ]


def _linear(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    last = len(out) - 1
    return [[*[{"axis": i} for i in range(last)], ALL], [{"axis": last}, ALL], [{"axis": last}]]


def _conv(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    weight, (stride, padding, dilation, groups) = shapes[1], arguments[3:7]
    channels: Rules = ALL
    if groups > 1:
        channels = ALL if weight[1] != 1 or out[1] != groups else {"axis": 1}
    windows = _windows(weight[2:], stride, padding, dilation)
    return [[{"axis": 0}, channels, *windows], [{"axis": 1}, *[ALL] * (len(weight) - 1)], [{"axis": 1}]]


def _windows(sizes: Shape, stride: Any, padding: Any, dilation: Any) -> Rules:
    return [
        {"axis": 2 + i, "window": [s, p, d, size]}
        for i, (size, s, p, d) in enumerate(zip(sizes, stride, padding, dilation))
    ]


def _max_pool(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    sides = [zip(side.first, side.last, itertools.repeat(side.dilation)) for side in arguments[1]]
    return [{"largest": _spanned(out, sides)}]


def _weighted(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    """Of averages and interpolations, whose bands say where the neighbours lie that are summed."""
    bands = arguments[1]
    return [_spanned(out, [zip(b.starts, b.starts + b.counts - 1, itertools.repeat(1)) for b in bands])]


def _spanned(out: Shape, sides: Sequence[Any]) -> Rules:
    ahead = len(out) - len(sides)
    spans = [{"axis": ahead + i, "spans": [list(map(int, span)) for span in side]} for i, side in enumerate(sides)]
    return [*[{"axis": i} for i in range(ahead)], *spans]


def _permute(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    dims = [d % len(out) for d in arguments[1]]
    return [[{"axis": dims.index(axis)} for axis in range(len(out))]]


def _transpose(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    order = list(range(len(out)))
    first, second = (
        d % max(len(out), 1) for d in (arguments[1:3] if len(arguments) > 2 else (0, min(1, len(out) - 1)))
    )
    if order:
        order[first], order[second] = second, first
    return [[{"axis": axis} for axis in order]]


def _same(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    return [broadcast(out, shapes[0])]


def _flat(out: Shape, shapes: Sequence[Any], arguments: list[Any]) -> list[Rules]:
    return ["flat"]


Table = dict[Op, Callable[[Shape, Sequence[Any], list[Any]], list[Rules]]]
TABLE: Table = {
    **dict.fromkeys(
        (
            total,
            mean,
            nansum,
            nanmean,
            amax,
            amin,
            max_of_all,
            min_of_all,
            prod,
            var,
            std,
            logsumexp,
        ),
        _reduction,
    ),
    **dict.fromkeys((softmax, log_softmax, cumsum, cumprod), _along),
    **dict.fromkeys((reshape, flatten, squeeze, unsqueeze), _flat),
    **dict.fromkeys((expand, cast, clone, contiguous, positive, dropout), _same),
    matmul: _matmul,
    linear: _linear,
    convolution: _conv,
    max_pool: _max_pool,
    **dict.fromkeys((avg_pool, resample), _weighted),
    permute: _permute,
    transpose: _transpose,
    t: _transpose,
}


def backward_cells(op: Any, position: int) -> list[tuple[str, Rules]] | None:
    """Of the gradient of an argument: rules for the upstream gradient and for another argument, where they are lines.

    Each with what it is of: "upstream", or the number of the argument.
    """
    if op is matmul:
        return (
            [("upstream", [{"axis": 0}, ALL]), ("1", [{"axis": 1}, ALL])]
            if position == 0
            else [
                ("0", [ALL, {"axis": 0}]),
                ("upstream", [ALL, {"axis": 1}]),
            ]
        )
    if op is linear:
        return {
            0: [("upstream", [{"axis": 0}, ALL]), ("1", [ALL, {"axis": 1}])],
            1: [("upstream", [ALL, {"axis": 0}]), ("0", [ALL, {"axis": 1}])],
            2: [("upstream", [ALL, {"axis": 0}])],
        }.get(position)
    return None


def shape_of(value: Any) -> Shape | None:
    """The shape of an argument; None of what has none."""
    return tuple(value.shape) if isinstance(value, np.ndarray) else () if isinstance(value, (int, float)) else None

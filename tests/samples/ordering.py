"""Rows of elements in order: sorted, the k-th, the middle one, the most frequent one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .arrays import BOOLS, INF, NAN, floats, gapped, integers, real
from .dimensions import SPECIAL_ROWS, TIED_ROWS
from .rows import Sample, edge, fails, row, smooth, typed, value


def ordered(x, dim=-1, descending=False, stable=False):
    """The indices of a stable sort, NaN the largest."""
    lines = np.moveaxis(np.atleast_1d(x), dim, -1)
    indices = np.zeros(lines.shape, "int64")
    rank = lambda element: (bool(np.isnan(element)), 0 if np.isnan(element) else element.item())
    for place in np.ndindex(*lines.shape[:-1]):
        line = lines[place]
        # Python keeps equal ones in order backwards, too.
        indices[place] = sorted(range(len(line)), key=lambda i: rank(line[i]), reverse=descending)
    return np.moveaxis(indices, -1, dim).reshape(x.shape)


def values_at(x, indices, dim):
    return np.take_along_axis(x, indices, dim) if x.ndim else x


ORDERED = [
    smooth(real()),
    smooth(real(5)),
    smooth(real(2, 3), 0),
    smooth(real(3, 2).T, dim=-2),
    smooth(gapped(real(2, 3)), dim=1, descending=True),
    smooth(real(0, 3), 0),
    smooth(real(0, 3)),
    smooth(real(), 0, True),
    typed("int64", integers(3, 1, 2)),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(IndexError, "Dimension out of range", real(), 1),
]
TIED = [
    edge(TIED_ROWS, stable=True),
    edge(TIED_ROWS, stable=True, dim=0, descending=True),
    edge(SPECIAL_ROWS, descending=True, stable=True),
    edge(SPECIAL_ROWS, stable=True),
    typed("bool", BOOLS, stable=True),
]
row(
    "argsort", ordered,
    *[replace(s, gives="int64") if isinstance(s, Sample) else s for s in [*ORDERED, *TIED]],
    result="int64",
)  # fmt: skip
row(
    "sort", lambda x, dim=-1, descending=False, stable=False: (
        values_at(x, ordered(x, dim, descending), dim), ordered(x, dim, descending)
    ),
    *ORDERED, *TIED,
)  # fmt: skip
row("msort", lambda x: np.sort(x, 0), smooth(real(4)), smooth(real(3, 2).T), smooth(real(0, 3)), edge(SPECIAL_ROWS))


def place_in_order(k: Callable[[int, int], Any]) -> Callable[..., Any]:
    """The element at place ``k(how many, how many of them NaN)`` in order along ``dim``, and where it is."""

    def call(x, dim=-1, keepdim=False):
        lines = np.moveaxis(np.atleast_1d(x), dim, -1)
        indices = np.zeros((*lines.shape[:-1], 1), "int64")
        for place in np.ndindex(*lines.shape[:-1]):
            line = lines[place]
            nans = np.isnan(line).sum() if line.dtype.kind == "f" else 0
            indices[(*place, 0)] = ordered(line)[k(len(line), nans)]
        indices = np.moveaxis(indices, -1, dim)
        if not x.ndim:
            return x, indices.reshape(())
        values = np.take_along_axis(x, indices, dim)
        return (values, indices) if keepdim else (np.squeeze(values, dim), np.squeeze(indices, dim))

    return call


IN_THE_MIDDLE = [
    smooth(real(), 0),
    smooth(real(4), 0),
    smooth(real(2, 3), 1, True),
    smooth(real(3, 2).T, dim=-2),
    smooth(gapped(real(2, 3)), dim=0, keepdim=True),
    smooth(real(0, 3), 1),
    typed("int64", integers(5, 3, 4), 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(IndexError, "non-zero size", real(0, 3), 0),
]
MEDIANS = {
    "median": lambda count, nans: count - nans if nans else (count - 1) // 2,
    "nanmedian": lambda count, nans: max(count - nans - 1, 0) // 2,
}


def medians(place: Any, whole: Any) -> Any:
    return lambda x, dim=None, keepdim=False: whole(x) if dim is None else place(x, dim, keepdim)


def median_of_all(x, ignore_nan):
    """The lower of two."""
    middle = place_in_order(MEDIANS["nanmedian" if ignore_nan else "median"])
    return middle(x.reshape(-1), 0)[0] if x.size else np.array(NAN)


for name, k in MEDIANS.items():
    row(
        name, medians(place_in_order(k), lambda x, name=name: median_of_all(x, name == "nanmedian")),
        *IN_THE_MIDDLE,
        smooth(real(2, 3)),
        smooth(real()),
        edge(floats(2.0, 1.0, 2.0, 2.0)),
        edge(floats([NAN, 1.0, 3.0], [2.0, NAN, NAN], [5.0, 4.0, 6.0]), 1),
        value(floats(NAN, NAN), 0),
        value(floats(1.0, NAN)),
        fails(NotImplementedError, "bools", BOOLS, 0),
    )  # fmt: skip
row(
    "median_of_all", median_of_all,
    smooth(real(2, 3), False),
    smooth(real(3, 2).T, True),
    smooth(gapped(real(3)), False),
    smooth(real(), True),
    edge(floats(2.0, 1.0, 2.0, 2.0), False),
    edge(floats(2.0, NAN, 1.0, 2.0), True),
    value(floats(2.0, NAN), False),
    edge(real(0), False),
    typed("int64", integers(4, 1, 2, 3), False),
    fails(NotImplementedError, "bools", BOOLS, False),
    torch=lambda torch, x, ignore_nan: (torch.nanmedian if ignore_nan else torch.median)(x),
)  # fmt: skip
row(
    "kthvalue", lambda x, k, dim=-1, keepdim=False: place_in_order(lambda count, nans: k - 1)(x, dim, keepdim),
    *[replace(c, args=(c.args[0], 1, *c.args[1:])) for c in IN_THE_MIDDLE],
    smooth(real(5), 4),
    smooth(real(2, 3), k=2, dim=0),
    edge(floats([NAN, 1.0, 3.0], [2.0, NAN, 1.0]), 3),
    fails(RuntimeError, "k out of range", real(2, 3), 4),
    fails(RuntimeError, "k out of range", real(2, 3), 0),
)  # fmt: skip


def topk(x, k, dim=-1, largest=True, sorted=True):
    indices = ordered(x, dim, largest)
    indices = np.take(indices, range(k), dim) if x.ndim else indices
    return values_at(x, indices, dim), indices


row(
    "topk", topk,
    smooth(real(5), 3),
    smooth(real(2, 3), 2, 0, False),
    smooth(real(3, 2).T, 2, dim=-1),
    smooth(gapped(real(2, 3)), 1, dim=1, largest=False),
    smooth(real(2, 3), 0),
    smooth(real(), 1),
    edge(floats(1.0, NAN, INF), 2),
    edge(floats(1.0, NAN, INF), 2, largest=False),
    typed("int64", integers(3, 1, 2), 2),
    fails(RuntimeError, "k out of range", real(2, 3), 4),
    fails(RuntimeError, "k out of range", real(2, 3), -1),
    fails(IndexError, "Dimension out of range", real(2, 3), 1, 2),
)  # fmt: skip


def mode(x, dim=-1, keepdim=False):
    """The most frequent, counted one by one; where it is last."""
    lines = np.moveaxis(np.atleast_1d(x), dim, -1)
    indices = np.zeros((*lines.shape[:-1], 1), "int64")
    for place in np.ndindex(*lines.shape[:-1]):
        line = lines[place].tolist()
        best = min(line, key=lambda element: (-line.count(element), element))
        indices[(*place, 0)] = len(line) - 1 - line[::-1].index(best)
    indices = np.moveaxis(indices, -1, dim)
    if not x.ndim:
        return x, indices.reshape(())
    values = np.take_along_axis(x, indices, dim)
    return (values, indices) if keepdim else (np.squeeze(values, dim), np.squeeze(indices, dim))


row(
    "mode", mode,
    *IN_THE_MIDDLE,
    edge(TIED_ROWS, 1),
    edge(TIED_ROWS, 0, True),
    edge(floats(3.0, 1.0, 2.0, 1.0, 3.0)),
    typed("bool", BOOLS, 1),
)  # fmt: skip
QUANTILES = [
    *[smooth(real(2, 5), q, dim=1, interpolation=how) for q in (0.3, 0.65)
      for how in ("linear", "lower", "higher", "midpoint", "nearest")],
    smooth(real(), 0.3),
    smooth(real(2, 3), 0.0),
    smooth(real(2, 3), 0.37, keepdim=True),
    smooth(real(3, 2).T, 0.37, 0, True),
    smooth(gapped(real(2, 3)), 1.0, dim=-1),
    smooth(real(2, 3), floats(0.1, 0.8)),
    smooth(real(2, 3, 2), floats(0.1, 0.8, 0.5), 1, True),
    fails(RuntimeError, "range [0, 1]", real(3), 1.5),
    fails(RuntimeError, "scalar or 1D", real(3), floats([0.5])),
    fails(RuntimeError, "interpolation", real(3), 0.5, interpolation="cubic"),
    fails(RuntimeError, "float or double", integers(1, 2), 0.5),
    fails(RuntimeError, "non-empty", real(0), 0.5),
    fails(IndexError, "Dimension out of range", real(3), 0.5, 1),
]  # fmt: skip
for name, reference in (("quantile", np.quantile), ("nanquantile", np.nanquantile)):
    row(
        name,
        lambda x, q, dim=None, keepdim=False, interpolation="linear", reference=reference: reference(
            x, q, dim, method=interpolation, keepdims=keepdim
        ),
        *QUANTILES,
        edge(floats([NAN, 1.0, 3.0], [2.0, NAN, 1.0], [4.0, 5.0, 7.0]), 0.3, 1),
        wrt=(0,),
    )  # fmt: skip
row(
    "searchsorted", lambda rows, x, out_int32=False, right=False, side=None, sorter=None: np.apply_along_axis(
        lambda row: np.searchsorted(row, x, "right" if right else side or "left", sorter), -1, rows
    ) if rows.ndim == 1 else np.stack([np.searchsorted(row, wanted) for row, wanted in zip(rows, x)]),
    typed("int64", floats(1, 3, 5), floats([0, 3], [6, NAN])),
    typed("int64", floats(1, 3, 5), floats([0, 3], [6, 5]), right=True),
    typed("int64", floats(1, 3, 5), floats(3), side="right"),
    typed("int64", floats([1, 3, 5], [2, 2, 2]), floats([2, 2], [2, 3])),
    typed("int32", integers(1, 3, 5), integers(3, 4), out_int32=True),
    typed("int64", floats(5, 1, 3), floats(3, 4), sorter=integers(1, 2, 0)),
    typed("int64", floats(), floats(1, 2)),
    typed("int64", floats(1, 3, 5), 3.0),
    fails(RuntimeError, "side", floats(1, 2), floats(1), side="up"),
    fails(RuntimeError, "side", floats(1, 2), floats(1), side="left", right=True),
    fails(RuntimeError, "must have 1 dimension", floats([1, 2]), floats(1)),
    fails(RuntimeError, "must have 1 dimension", floats([1, 2]), 1.0),
    fails(RuntimeError, "sorter", floats(1, 2), floats(1), sorter=integers(0)),
)  # fmt: skip
row(
    "bucketize", lambda x, boundaries, out_int32=False, right=False: np.digitize(x, boundaries, not right),
    typed("int64", floats([0, 3], [6, 1]), floats(1, 3, 5)),
    typed("int32", floats(0, 3), floats(1, 3, 5), out_int32=True, right=True),
    typed("int64", 3.0, floats(1, 3, 5)),
    fails(RuntimeError, "1 dimension", floats(1), floats([1, 2])),
)  # fmt: skip

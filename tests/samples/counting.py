"""Rows of which values there are, and of how many of each."""

from typing import Any

import numpy as np

from .arrays import BOOLS, INF, NAN, floats, gapped, integers, real
from .rows import fails, row, typed, value


def different(x, return_inverse=False, return_counts=False, dim=None, consecutive=False):
    """The different elements or slices, found one by one."""
    slices = list(x.reshape(-1) if dim is None else np.moveaxis(x, dim, 0))
    order = range(len(slices))
    if not consecutive:
        order = sorted(order, key=lambda i: [(bool(np.isnan(e)), e) for e in np.ravel(slices[i]).tolist()])
    found: list[Any] = []
    counts: list[int] = []
    inverse = np.zeros(len(slices), "int64")
    for i in order:
        if found and np.array_equal(found[-1], slices[i]):
            counts[-1] += 1
        else:
            found.append(slices[i])
            counts.append(1)
        inverse[i] = len(found) - 1
    shape = (0, *np.moveaxis(x, dim or 0, 0).shape[1:]) if dim is not None else (0,)
    values = np.stack(found) if found else np.zeros(shape, x.dtype)
    results = [values if dim is None else np.moveaxis(values, 0, dim)]
    results += [inverse.reshape(x.shape) if dim is None else inverse] * return_inverse
    return results + [np.array(counts, "int64")] * return_counts


REPEATED_VALUES = floats([2.0, 1.0, 2.0], [2.0, 1.0, 2.0], [0.0, 2.0, 2.0])
DIFFERENT = [
    value(REPEATED_VALUES),
    value(REPEATED_VALUES.T, return_inverse=True, return_counts=True),
    value(gapped(REPEATED_VALUES), dim=0, return_counts=True),
    value(REPEATED_VALUES, return_inverse=True, return_counts=True, dim=-1),
    value(floats(NAN, 1.0, NAN, NAN), return_counts=True),
    value(real(), return_inverse=True),
    value(real(0), return_inverse=True, return_counts=True),
    value(real(0, 3), dim=0),
    typed("int64", integers(3, 1, 1, 3), return_inverse=True),
    typed("bool", BOOLS),
    fails(RuntimeError, "no slices to compare", real(0, 3), dim=1),
    fails(IndexError, "no dimensions", real(), dim=0),
    fails(IndexError, "Dimension out of range", real(3), dim=1),
]
row("unique", lambda x, **params: different(x, **params), *DIFFERENT)
row("unique_consecutive", lambda x, **params: different(x, consecutive=True, **params), *DIFFERENT)
row(
    "bincount", lambda x, weights=None, minlength=0: np.array(
        [
            np.sum((x == i) * (1 if weights is None else weights))
            for i in range(max(minlength, *(x.astype(int) + 1), 0))
        ],
        "int64" if weights is None else "float32" if weights.dtype == "float32" else "float64",
    ),
    typed("int64", integers(0, 3, 3)),
    typed("int64", integers(1, dtype="uint8"), minlength=4),
    typed("int64", integers(), minlength=2),
    fails(RuntimeError, "maximum value of input overflowed", integers(1, 2**63 - 1)),
    typed("int64", integers()),
    typed("float64", integers(0, 3, 3), floats(0.5, 1.5, 2.5)),
    typed("float64", integers(0, 3, 3), integers(1, 2, 3)),
    typed("float32", integers(0, 3, 3), floats(0.5, 1.5, 2.5).astype("float32")),
    fails(RuntimeError, "non-negative", integers(-1)),
    fails(RuntimeError, "1-d", integers([1, 2])),
    fails(RuntimeError, "minlength", integers(1), minlength=-1),
    fails(RuntimeError, "weights", integers(1), floats(1, 2)),
    fails(NotImplementedError, "integers", floats(1)),
    wrt=(),
)  # fmt: skip


def fell(x, low, high, bins, weight=None):
    return np.histogram(x[~np.isnan(x)], bins, (low, high), weights=None if weight is None else weight)[0].astype(
        x.dtype
    )


row(
    "histc", lambda x, bins=100, min=0, max=0: fell(x, *((min, max) if min != max else (x.min(), x.max())), bins),
    value(real(2, 3)),
    value(real(3, 2).T, 4),
    value(real(5), bins=3, min=-1, max=1),
    value(floats(0.0, 1.0, 2.0, NAN, 3.0), 3, 0, 3),
    value(floats(2.0, 2.0), 2),
    value(real(0), 3, 0, 1),
    fails(RuntimeError, "bins", real(3), 0),
    fails(RuntimeError, "max must be larger", real(3), 4, 3, 1),
    fails(RuntimeError, "not finite", floats(1.0, INF), 4),
    fails(NotImplementedError, "floats", integers(1, 2)),
)  # fmt: skip


def histogram(x, bins, range=None, weight=None, density=False):
    hist, edges = np.histogram(x, bins, range, density, weight)
    return hist.astype(x.dtype), edges.astype(x.dtype)


row(
    "histogram", histogram,
    value(real(2, 3), 3),
    value(real(3, 2).T, 3, range=(-1.0, 1.0)),
    value(real(2, 3), floats(-2.0, -1.0, 0.5, 1.5)),
    value(floats(0.0, 1.0, 2.0, 3.0), floats(0.0, 1.0, 3.0), density=True),
    value(real(2, 3), 2, weight=real(2, 3, low=0.1, seed=1), density=True),
    fails(RuntimeError, "bins", real(3), 0),
    fails(RuntimeError, "weight", real(3), 2, weight=real(2)),
    fails(NotImplementedError, "floats", integers(1, 2), 2),
)  # fmt: skip
row(
    "histogramdd", lambda x, bins, range=None, weight=None, density=False: (
        lambda found: [found[0].astype(x.dtype), found[1]]
    )(np.histogramdd(x, bins, range and [range[:2], range[2:]], density, weight)),
    value(real(6, 2), [2, 3]),
    value(real(2, 6).T, 2, density=True),
    value(real(6, 2), [2, 3], range=[-1.0, 1.0, -2.0, 0.5], weight=real(6, low=0.1)),
    fails(RuntimeError, "shape", real(3), 2),
    fails(RuntimeError, "bins for each", real(3, 2), [2]),
)  # fmt: skip

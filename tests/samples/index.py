"""Rows of ops that pick elements out, and of their adjoints."""

import numpy as np

from .adjoints import adjoint, torch_adjoint
from .arrays import BOOLS, INF, NAN, SPECIAL, floats, gapped, integers, real
from .rows import edge, fails, row, smooth, typed, value

KEYS = {
    (4,): [1, -1, slice(1, 3), slice(None, None, 2), ..., None, integers(0, 2, 2, -1), floats(1, 0, 1, 0) > 0],
    (2, 3): [
        0,
        (1, 2),
        (slice(None), 1),
        (..., 0),
        (None, slice(1), ..., None),
        BOOLS,
        integers([1, 0], [1, 1]),
        (integers(0, 1, 0), integers(2, 2, 2)),
        (slice(None), integers(0, 0, 2)),
        (BOOLS[:, 0], slice(1, 3)),
        (integers(1, 1), None, slice(0, 2)),
        (1, integers(0, 0)),
        (integers([0], [1]), integers(0, 2)),
        integers(),
    ],
    (2, 2, 2): [
        (integers(0, 1), slice(None), integers(1, 1)),
        (slice(None), integers(0, 0), integers(1, 1)),
        (0, ..., 1),
    ],
    (): [..., None, (), np.array(True), np.array(False)],
    (0, 3): [slice(None), (slice(None), 1), integers()],
}
PICKS = [(real(*shape), key) for shape, keys in KEYS.items() for key in keys]
row(
    "getitem", lambda x, key: x[key],
    *[smooth(x, key) for x, key in PICKS],
    smooth(real(3, 2).T, (integers(1, 1), integers(2, 0))),
    smooth(gapped(real(2, 3)), (slice(None), slice(1, None))),
    edge(SPECIAL, slice(None, 3)),
    typed("int64", integers(1, 2, 3), slice(1, 3)),
    typed("bool", BOOLS, integers(1, 1)),
    fails(IndexError, "out of bounds", real(3), 3),
    fails(IndexError, "out of bounds", real(3), integers(0, 3)),
    fails(IndexError, "too many indices", real(3), (0, 0)),
    fails(IndexError, "", real(3), BOOLS[0, :2]),
    fails(IndexError, "", real(3), "a word"),
    torch=lambda torch, x, key: x[key],
)  # fmt: skip
row(
    "put_at", lambda x, key, shape: adjoint(lambda y: y[key], shape, x),
    *[smooth(real(*x[key].shape), key, x.shape) for x, key in PICKS],
    smooth(real(3, 2).T, (slice(None), integers(0, 1, 0)), (2, 3)),
    torch=lambda torch, x, key, shape: torch_adjoint(torch, lambda y: y[key], shape, x),
)  # fmt: skip


def put_all(values, keys, shape):
    out = np.zeros(shape, values[0].dtype)
    for x, key in zip(values, keys):
        out[key] += x
    return out


row(
    "put_all", put_all,
    smooth([real(3), real(2, 3), real(4)], (1, slice(0, 2), (..., 0)), (4, 3)),
    smooth([real(3)], (-1,), (4, 3)),
    torch=None,
)  # fmt: skip
GATHERED = [
    (real(4), 0, integers(0, 3, 3)),
    (real(2, 3), 0, integers([0, 1, 1], [1, 1, 1], [0, 0, 0])),
    (real(2, 3), 1, integers([2, 2], [0, 1])),
    (real(2, 3), -1, integers([2])),
    (real(2, 2, 3), 1, integers([[1, 0, 1]])),
    (real(), 0, np.array(0)),
    (real(3), 0, integers()),
]
GATHER_FAILURES = [
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers([0])),
    fails(RuntimeError, "out of bounds", real(2, 3), 0, integers([2])),
    fails(RuntimeError, "out of bounds", real(2, 3), 0, integers([-1])),
    fails(RuntimeError, "same number of dimensions", real(2, 3), 0, integers(0)),
    fails(RuntimeError, "int64", real(2, 3), 0, real(2, 3)),
    fails(RuntimeError, "Size does not match", real(2, 3), 0, integers([0, 0, 0, 0])),
]


def gathered(x, dim, index):
    if not x.ndim:
        return x
    out = np.empty(index.shape, x.dtype)
    for place in np.ndindex(*index.shape):
        source = list(place)
        source[dim] = index[place]
        out[place] = x[tuple(source)]
    return out


row(
    "gather", gathered,
    *[smooth(*args) for args in GATHERED],
    smooth(real(3, 2).T, 1, gapped(integers([2, 2], [0, 1]))),
    smooth(gapped(real(2, 3)), dim=0, index=integers([1, 1, 0])),
    typed("int64", integers(5, 6, 7), 0, integers(2, 0)),
    *GATHER_FAILURES,
)  # fmt: skip
row(
    "ungather", lambda x, dim, index, shape: adjoint(lambda y: gathered(y, dim, index), shape, x),
    *[smooth(real(*index.shape), dim, index, x.shape) for x, dim, index in GATHERED],
    smooth(real(2, 2).T, 1, integers([2, 2], [0, 1]), (2, 3)),
    torch=lambda torch, x, dim, index, shape: torch_adjoint(torch, lambda y: torch.gather(y, dim, index), shape, x),
)  # fmt: skip
row(
    "index_select", lambda x, dim, index: np.take(x, index, dim) if x.ndim else x,
    smooth(real(4), 0, integers(3, 0, 3)),
    smooth(real(2, 3), 0, integers(1, 1, 0)),
    smooth(real(2, 3), -1, integers(2)),
    smooth(real(2, 3), dim=1, index=integers(0, 0, dtype="int32")),
    smooth(real(3, 2).T, 1, gapped(integers(2, 0))),
    smooth(gapped(real(2, 2, 2)), 1, integers(1, 1)),
    smooth(real(2, 3), 1, integers()),
    smooth(real(0, 3), 1, integers(1)),
    typed("bool", BOOLS, 1, integers(0)),
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers(0)),
    fails(IndexError, "out of range", real(2, 3), 0, integers(2)),
    fails(IndexError, "out of range", real(2, 3), 0, integers(-1)),
    fails(IndexError, "supposed to be a vector", real(2, 3), 0, integers([0])),
    fails(RuntimeError, "int", real(2, 3), 0, real(1)),
)  # fmt: skip
row(
    "masked_fill", lambda x, mask, value: np.where(mask, value, x),
    smooth(real(2, 3), BOOLS, 0.5),
    smooth(real(2, 3), BOOLS, real()),
    smooth(real(2, 3), BOOLS[0], real()),
    smooth(real(3, 2).T, gapped(BOOLS), 0),
    smooth(real(3), BOOLS, real()),
    smooth(real(0, 3), BOOLS[0], 1.0),
    smooth(real(), np.array(True), real(seed=1)),
    edge(SPECIAL, np.arange(10) % 2 == 0, NAN),
    edge(real(2, 3), BOOLS[:, :1], -INF),
    typed("int64", integers(1, 2, 3), BOOLS[0], 7),
    typed("float32", real(3).astype("float32"), BOOLS[0], real()),
    fails(RuntimeError, "boolean mask", real(3), integers(0, 1, 1), 0.0),
    fails(RuntimeError, "must match the size", real(2), BOOLS, 0.0),
    fails(RuntimeError, "0-dimensional", real(3), BOOLS[0], real(3)),
)  # fmt: skip
row(
    "one_hot", lambda x, num_classes=-1: np.eye(max(num_classes, x.max(initial=-1) + 1), dtype="int64")[x],
    typed("int64", integers(0, 2, 1)),
    typed("int64", integers([0, 2], [1, 1]), 4),
    typed("int64", integers([0, 2], [1, 1]).T, num_classes=3),
    typed("int64", np.array(1)),
    typed("int64", integers(), num_classes=3),
    fails(RuntimeError, "must be non-negative", integers(0, -1)),
    fails(RuntimeError, "must be smaller than num_classes", integers(0, 3), 3),
    fails(RuntimeError, "Can not infer total number of classes", integers()),
    fails(RuntimeError, "int64", real(2)),
    torch="nn.functional.one_hot",
)  # fmt: skip


ANYTHING = (real(), np.array(0), BOOLS, BOOLS.T, integers([0, 1]), real(0, 2))
row("argwhere", np.argwhere, *[typed("int64", x) for x in ANYTHING])
WRITES = [(x, key) for x, key in PICKS if x[key].size == len(np.unique(np.arange(x.size).reshape(x.shape)[key]))]


def written(x, key, values, combine=None):
    """Place by place: a later value replaces an earlier one, or is combined with what is there."""
    places = np.arange(x.size).reshape(x.shape)[key]
    out = x.reshape(-1).copy()
    for place, new in zip(places.reshape(-1), np.broadcast_to(values, places.shape).reshape(-1)):
        out[place] = new if combine is None else combine(out[place], new)
    return out.reshape(x.shape)


row(
    "write_at", lambda x, values, key: written(x, key, values),
    *[smooth(x, real(*x[key].shape, seed=1), key) for x, key in WRITES],
    smooth(real(2, 3), real(), integers(1, 0)),
    smooth(real(2, 3), real(2, 1), (slice(None), integers(0, 2))),
    edge(SPECIAL, real(2), slice(0, 2)),
    edge(real(3), SPECIAL[:2], integers(0, 1)),
    value(real(3), real(2), integers(1, 1)),
    typed("int64", integers(1, 2, 3), integers(7), integers(1)),
    fails(RuntimeError, "", real(3), real(2), integers(0, 1, 2)),
    fails(IndexError, "out of bounds", real(3), real(1), integers(3)),
    torch=None,
)  # fmt: skip

"""Rows of values put into places of a Tensor."""

import numpy as np

from .adjoints import adjoint
from .arrays import BOOLS, INF, NAN, NAN_AND_ONE, floats, gapped, integers, real
from .index import written
from .rows import edge, fails, not_in_torch, row, smooth, typed, value
from .strided import strided

COMBINE = {"sum": np.add, "prod": np.multiply, "mean": np.add, "amax": np.maximum, "amin": np.minimum}
THRICE = integers(1, 0, 1)
ZEROED = floats(0.0, 2.0, 3.0)


def combined_in_torch(torch, x, values, key, reduce):
    flat = (key[0] * x.shape[1] + key[1]).reshape(-1)
    return x.reshape(-1).scatter_reduce(0, flat, values.reshape(-1), reduce).reshape(x.shape)


row(
    "combine_at", lambda x, values, key, reduce: written(x, key, values, COMBINE[reduce]),
    *[smooth(real(4), real(3, seed=1), THRICE, reduce) for reduce in ("prod", "amax", "amin")],
    *[smooth(real(2, 3), real(2, 3, seed=1), (THRICE[:2, None], THRICE), r) for r in ("prod", "amax", "amin")],
    smooth(ZEROED, real(3), integers(0, 0, 2), "prod"),
    smooth(real(3), ZEROED, integers(0, 0, 2), "prod"),
    smooth(ZEROED, ZEROED, integers(0, 0, 2), "prod"),
    edge(real(3), floats(0, 0, 1), integers(1, 1, 1), "prod"),
    edge(floats(1, 2, 2), floats(2, 2, 2), integers(1, 1, 0), "amax"),
    edge(floats(1, 2, 2), floats(1, 2, 2), integers(1, 1, 0), "amin"),
    value(NAN_AND_ONE, floats(0, NAN), integers(0, 1), "amax"),
    typed("int64", integers(1, 2, 3), integers(5, 6), integers(1, 1), "prod"),
    typed("bool", BOOLS[0], BOOLS[1], THRICE, "amin"),
    torch=lambda torch, x, values, key, reduce: (
        x.scatter_reduce(0, key, values, reduce) if x.ndim == 1 else combined_in_torch(torch, x, values, key, reduce)
    ),
)  # fmt: skip


def scattered(x, dim, index, src, combine=None):
    """Element by element."""
    flat, where_ = x.copy(), np.ndindex(*index.shape)
    if not x.ndim:
        return combine(x, src) if combine else np.array(src, x.dtype)
    for place in where_:
        target = (*place[: dim % x.ndim], index[place], *place[dim % x.ndim + 1 :])
        new = src[place] if np.ndim(src) else src
        flat[target] = new if combine is None else combine(flat[target], new)
    return flat


def scatter_reduced(x, dim, index, src, reduce, include_self=True):
    at = lambda start, value, how: scattered(start, dim, index, value, how)
    combine = COMBINE[reduce]
    neutral = {"prod": 1, "amax": x.min(), "amin": x.max()}.get(reduce, 0)
    neutral = {"amax": -INF, "amin": INF}.get(reduce, neutral) if x.dtype.kind == "f" else neutral
    out = at(x if include_self else at(x, neutral, None), src, combine)
    if reduce != "mean":
        return out
    count = at(np.ones(x.shape) if include_self else at(np.ones(x.shape), 0, None), 1, np.add)
    return out / count if x.dtype.kind == "f" else out // count.astype(x.dtype)


SCATTERED = [
    (real(4), 0, integers(2, 0), real(2)),
    (real(2, 3), 0, integers([0, 1, 1]), real(1, 3)),
    (real(2, 3), 1, integers([2, 1], [0, 1]), real(2, 2)),
    (real(3, 2).T, -1, integers([2, 0]), gapped(real(1, 2))),
    (real(2, 3), 1, integers([1], [2]), real(2, 3)),
    (real(2, 2, 2), 1, integers([[1, 0]]), real(1, 1, 2)),
    (real(), 0, np.array(0), real()),
    (real(3), 0, integers(), real(2)),
]
REPEATED = [
    (real(4), 0, integers(1, 1, 3, 1), real(4, seed=1)),
    (real(2, 3), 1, integers([0, 0, 0], [2, 1, 2]), real(2, 3, seed=1)),
    (real(3, 2).T, 0, integers([1, 0, 1], [1, 1, 1]), gapped(real(2, 3))),
]
# PyTorch has no gradient where src is larger than index.
SCATTER_SAMPLES = [
    not_in_torch(smooth(*args)) if np.shape(args[3]) != args[2].shape else smooth(*args) for args in SCATTERED
]
SCATTER_FAILURES = lambda: [
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers([0]), real(1, 1)),
    fails(RuntimeError, "index 5 is out of bounds", real(3), 0, integers(5), real(1)),
    fails(RuntimeError, "index -1 is out of bounds", real(3), 0, integers(-1), real(1)),
    fails(RuntimeError, "same number of dimensions", real(2, 3), 0, integers(0), real(1)),
    fails(RuntimeError, "int64", real(3), 0, real(1), real(1)),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1)),
    fails(RuntimeError, "no larger size than src", real(3), 0, integers(0, 1), real(1)),
    fails(RuntimeError, "must fit into", real(3, 2), 0, integers([1, 1, 1]), real(1, 3)),
]
row(
    "scatter", lambda x, dim, index, src=None, value=None, reduce=None: scattered(
        x, dim, index, value if src is None else src, {"add": np.add, "multiply": np.multiply, None: None}[reduce]
    ),
    *SCATTER_SAMPLES,
    smooth(real(4), 0, integers(2, 0), 5.0),
    smooth(real(2, 3), 1, integers([2], [0]), value=-1),
    # PyTorch has no gradient of these.
    not_in_torch(smooth(real(4), 0, integers(1, 1), 2.0, reduce="add")),
    not_in_torch(smooth(real(4), 0, integers(1, 1), real(2), reduce="multiply")),
    value(real(4), 0, integers(1, 1), 2.0, reduce="add"),
    value(real(4), 0, integers(1, 1), real(2), reduce="multiply"),
    typed("int64", integers(1, 2, 3), 0, integers(0), 7),
    typed("int64", integers(1, 2, 3), 0, integers(0, dtype="int32"), integers(7)),
    *SCATTER_FAILURES(),
    fails(RuntimeError, "without overflow", integers(1, 2, dtype="int8"), 0, integers(0), 300),
    fails(RuntimeError, "either add or multiply", real(3), 0, integers(0), 1.0, reduce="max"),
    fails(TypeError, "missing required argument", real(3), 0, integers(0)),
)  # fmt: skip
row(
    "scatter_add", lambda x, dim, index, src: scattered(x, dim, index, src, np.add),
    *SCATTER_SAMPLES,
    *[smooth(*args) for args in REPEATED],
    typed("int64", integers(1, 2, 3), 0, integers(0, 0), integers(7, 8)),
    *SCATTER_FAILURES(),
    fails(TypeError, "must be Tensor", real(3), 0, integers(0), 1.0),
)  # fmt: skip
REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")
row(
    "scatter_reduce", scatter_reduced,
    *[
        smooth(*args, reduce, include_self=include_self)
        for args in REPEATED for reduce in REDUCTIONS for include_self in (True, False)
    ],
    *[smooth(real(3), 0, integers(0, 2), real(2), reduce) for reduce in REDUCTIONS],
    *[edge(floats(1, 2), 0, integers(1, 1, 0), floats(2, 2, 1), reduce) for reduce in ("amax", "amin")],
    smooth(ZEROED, 0, integers(0, 0, 1), real(3), "prod"),
    smooth(real(3), 0, integers(0, 0, 1), ZEROED, "prod", include_self=False),
    *[typed("int64", integers(1, 2, 3), 0, integers(0, 0), integers(-7, 9), reduce) for reduce in REDUCTIONS],
    *[typed("bool", BOOLS[0], 0, integers(0, 0), BOOLS[1], r, include_self=False) for r in ("sum", "amax", "amin")],
    fails(RuntimeError, "must be either sum, prod", real(3), 0, integers(0), real(1), "median"),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1), "sum"),
)  # fmt: skip


def indexed(x, dim, index, source, combine=None):
    """Slice by slice."""
    out = np.atleast_1d(x).copy()
    rows = np.moveaxis(out, dim, 0)
    for place, new in zip(np.atleast_1d(index), np.moveaxis(np.atleast_1d(source), dim, 0)):
        rows[place] = new if combine is None else combine(rows[place], new)
    return out.reshape(x.shape)


def index_reduced(x, dim, index, source, reduce, include_self=True):
    start, count = x, np.ones(x.shape)
    if not include_self:
        neutral = {"prod": 1, "mean": 0, "amax": -INF, "amin": INF}[reduce]
        start = indexed(x, dim, index, np.full_like(source, neutral))
        count = indexed(count, dim, index, np.zeros_like(source))
    out = indexed(start, dim, index, source, COMBINE[reduce])
    return out / indexed(count, dim, index, np.ones_like(source), np.add) if reduce == "mean" else out


INDEXED = [
    (real(4), 0, integers(2, 0), real(2)),
    (real(2, 3), 1, integers(2, 1), real(2, 2)),
    (real(3, 2).T, -1, integers(0), gapped(real(2, 1))),
    (real(2, 2, 2), 1, integers(1), real(2, 1, 2)),
    (real(), 0, integers(0), real()),
    (real(2, 3), 0, integers(), real(0, 3)),
]
INDEX_FAILURES = lambda: [
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers(0), real(2, 3)),
    fails(IndexError, "supposed to be a vector", real(3), 0, integers([0]), real(1)),
    fails(IndexError, "out of range", real(3), 0, integers(3), real(1)),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1)),
    fails(RuntimeError, "source.shape = [2, 2]", real(2, 3), 0, integers(0, 1), real(2, 2)),
]
TWICE = [(real(2, 3), 0, integers(1, 1, 0), real(3, 3)), (real(4), 0, integers(1, 3, 1, dtype="int32"), real(3))]
row(
    "index_add", lambda x, dim, index, source, alpha=1: indexed(x, dim, index, alpha * source, np.add),
    *[smooth(*args) for args in INDEXED + TWICE],
    smooth(*INDEXED[1], alpha=-2.5),
    typed("int64", integers(1, 2, 3), 0, integers(1, 1), integers(5, 6), alpha=2),
    *INDEX_FAILURES(),
    fails(RuntimeError, "Number of indices (2)", real(3), 0, integers(0, 1), real(3)),
)  # fmt: skip
row(
    "index_copy", indexed,
    *[smooth(*args) for args in INDEXED],
    typed("bool", BOOLS, 1, integers(1), BOOLS[:, 2:]),
    *INDEX_FAILURES(),
    fails(IndexError, "Number of indices (2)", real(3), 0, integers(0, 1), real(3)),
)  # fmt: skip
row(
    "index_reduce", index_reduced,
    *[
        smooth(*args, reduce, include_self=include_self)
        for args in (TWICE[0], INDEXED[1]) for reduce in REDUCTIONS[1:] for include_self in (True, False)
    ],
    smooth(*TWICE[1], "prod"),
    fails(RuntimeError, "Expected reduce to be one of", real(3), 0, integers(0), real(1), "sum"),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1), "mean"),
    fails(RuntimeError, "Number of indices (2)", real(3), 0, integers(0, 1), real(3), "mean"),
)  # fmt: skip
row(
    "index_fill", lambda x, dim, index, new: np.array(new, x.dtype) if not x.ndim else np.moveaxis(
        indexed(np.moveaxis(x, dim, 0), 0, index % x.shape[dim], [new] * index.size), 0, dim
    ),
    smooth(real(4), 0, integers(2, 0), 5.0),
    not_in_torch(smooth(real(4), 0, integers(2, 2, -1), real())),  # negative ones have no gradient in PyTorch
    smooth(real(4), 0, integers(2, 2), real()),
    smooth(real(2, 3), -1, integers(1), real()),
    smooth(real(3, 2).T, 0, np.array(1), -1),
    smooth(real(), 0, integers(0), real()),
    typed("int64", integers(1, 2), 0, integers(0), 1.5),
    fails(RuntimeError, "0-dimensional value", real(3), 0, integers(0), real(1)),
    fails(IndexError, "out of range", real(3), 0, integers(3), 1.0),
    fails(IndexError, "int64", real(3), 0, integers(0, dtype="int32"), 1.0),
)  # fmt: skip
row(
    "index_put", lambda x, key, values, accumulate=False: written(
        x, tuple(k.astype(bool) if k.dtype == "uint8" else k for k in key), values, np.add if accumulate else None
    ),
    smooth(real(4), (integers(2, 0),), real(2)),
    smooth(real(2, 3), (integers(1, 0), integers(2, 2)), real(2)),
    smooth(real(2, 3), (integers(1, 0),), real(3)),
    smooth(real(2, 3), (BOOLS,), real(int(BOOLS.sum()))),
    smooth(real(2, 3), [BOOLS], real()),
    smooth(real(4), (integers(1, 1, 2),), real(3), accumulate=True),
    smooth(real(2, 3), (integers(1, 1), integers(2, 2)), real(), True),
    typed("int64", integers(1, 2), (integers(0),), integers(7)),
    not_in_torch(typed("int64", integers(1, 2), (integers(0, 1, dtype="uint8"),), integers(7))),
    fails(RuntimeError, "shape mismatch", real(3), (integers(0, 1),), real(3)),
    fails(RuntimeError, "dtypes match", real(3), (integers(0, 1),), integers(1, 2)),
    fails(IndexError, "out of bounds", real(3), (integers(3),), real(1)),
    fails(TypeError, "must be tuple of Tensors", real(3), integers(0), real(1)),
)  # fmt: skip
row(
    "put", lambda x, index, source, accumulate=False: written(
        x.reshape(-1), index.reshape(-1), source.reshape(-1), np.add if accumulate else None
    ).reshape(x.shape),
    smooth(real(2, 3), integers(5, 0), real(2)),
    smooth(real(3, 2).T, integers([-1], [1]), real(2)),
    smooth(real(2, 3), integers(1, 1, 2), real(3), True),
    smooth(real(), np.array(0), real(seed=1)),
    fails(IndexError, "tried to access index 3", real(3), integers(3), real(1)),
    fails(IndexError, "same number of elements", real(3), integers(0, 1), real(1)),
    fails(RuntimeError, "same dtype", real(3), integers(0), integers(1)),
    fails(RuntimeError, "long", real(3), integers(0, dtype="int32"), real(1)),
    torch="Tensor.put",
)  # fmt: skip
row(
    "masked_scatter", lambda x, mask, source: written(
        *np.broadcast_arrays(x, mask), source.reshape(-1)[: np.broadcast_to(mask, np.broadcast(x, mask).shape).sum()]
    ),
    smooth(real(2, 3), BOOLS, real(3)),
    smooth(real(2, 3), BOOLS, real(2, 4)),
    smooth(real(3), BOOLS, real(3, seed=1)),
    smooth(real(3, 2).T, BOOLS[0], real(5)),
    fails(RuntimeError, "boolean masks", real(3), integers(0, 1, 1), real(2)),
    fails(RuntimeError, "number of ones in mask (3)", real(2, 3), BOOLS, real(2)),
    fails(RuntimeError, "same dtype", real(3), BOOLS[0], integers(1, 2)),
)  # fmt: skip
row(
    "slice_scatter", lambda x, src, dim=0, start=None, end=None, step=1: written(
        x, (slice(None),) * dim + (slice(start, end, step),), src
    ),
    smooth(real(4), real(2), 0, 1, 3),
    smooth(real(2, 3), real(2, 2), 1, end=None, step=2),
    smooth(real(3, 2).T, real(1, 3), start=-1),
    fails(RuntimeError, "src size = [1], slice size = [2]", real(3), real(1), 0, 1),
    fails(IndexError, "Dimension out of range", real(3), real(3), 1),
)  # fmt: skip
row(
    "select_scatter", lambda x, src, dim, index: written(x, (slice(None),) * dim + (index,), src),
    smooth(real(3), real(), 0, 1),
    smooth(real(2, 3), real(2), 1, -1),
    fails(RuntimeError, "src size = [], slice size = [3]", real(2, 3), real(), 0, 0),
)  # fmt: skip
row(
    "diagonal_scatter", lambda x, src, *how: x - adjoint(lambda y: np.diagonal(y, *how), x.shape, np.diagonal(x, *how))
    + adjoint(lambda y: np.diagonal(y, *how), x.shape, src),
    smooth(real(2, 3), real(2)),
    smooth(real(3, 2).T, real(2), 1),
    smooth(real(2, 3, 2), real(3, 2), 0, 0, -1),
    fails(RuntimeError, "src size = [3], slice size = [2]", real(2, 2), real(3)),
)  # fmt: skip
row(
    "as_strided_scatter", lambda x, src, size, stride, offset=0: written(
        x.reshape(-1), strided(np.arange(x.size), size, stride, offset, None), src
    ).reshape(x.shape),
    # The gradient of the first argument is that of what was overwritten in PyTorch 2.13.
    not_in_torch(smooth(real(2, 3), real(2), (2,), (2,), 1)),
    not_in_torch(smooth(real(3), real(), (), ())),
    fails(RuntimeError, "src size = [3], slice size = [2]", real(4), real(3), (2,), (1,)),
)  # fmt: skip

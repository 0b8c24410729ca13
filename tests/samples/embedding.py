"""Rows of lookups in a table, of bags of them, and of the adjoint."""

import numpy as np

from .adjoints import adjoint
from .arrays import gapped, integers, real
from .rows import edge, fails, not_in_torch, row, smooth

row(
    "embedding", lambda index, weight, padding_idx=-1, scale_grad_by_freq=False: weight[index],
    smooth(integers(2, 0, 2), real(3, 2)),
    smooth(integers(2, 0, 2, dtype="int32"), real(3, 2)),
    edge(integers([0, 1], [1, 1]), real(2, 3), 1),
    edge(integers([0, 1], [1, 1]), real(2, 3), padding_idx=0),
    edge(integers(2, 0, 2), real(3, 2), scale_grad_by_freq=True),
    edge(integers(0, 1, 1, 1), real(3, 2).T, 0, True),
    smooth(integers([0, 1], [2, 3]).T, gapped(real(4, 2))),
    smooth(np.array(1), real(2, 3)),
    not_in_torch(smooth(integers(), real(2, 3))),  # no second derivative
    smooth(integers(0), real(2, 0)),
    fails(IndexError, "out of range", integers(0, 3), real(3, 2)),
    fails(IndexError, "out of range", integers(-1), real(3, 2)),
    fails(RuntimeError, "int64", real(2), real(3, 2)),
    fails(RuntimeError, "must be 2-D", integers(0, 1), real(3)),
    torch=lambda torch, index, weight, padding_idx=-1, scale_grad_by_freq=False: torch.nn.functional.embedding(
        index, weight, None if padding_idx < 0 else padding_idx, scale_grad_by_freq=scale_grad_by_freq
    ),
)  # fmt: skip


def bags(index, weight, offsets=None, max_norm=None, norm_type=2, scale=False, mode="mean", sparse=False, per=None,
         last=False, padding_idx=None):  # fmt: skip
    """The reference of embedding_bag, bag by bag."""
    if offsets is None:
        cut, weights = list(index), np.ones(index.shape) if per is None else per
    else:
        index, inner = (index[: offsets[-1]], offsets[1:-1]) if last else (index, offsets[1:])
        cut, weights = np.split(index, inner), np.split(np.ones(index.shape) if per is None else per, inner)
    made = []
    for places, factors in zip(cut, weights):
        kept = places != (-1 if padding_idx is None else padding_idx)
        rows = weight[places[kept]] * factors[kept, None].astype(weight.dtype)
        made.append(getattr(np, mode)(rows, axis=0) if len(rows) else 0 * weight[0])
    return np.array(made)


INDICES, TABLE = integers(2, 0, 2, 3, 1), real(4, 3)
# PyTorch reads beyond the indices, or says so in another way.
DECREASING = integers(0, -1), integers(0, 3, 1)
row(
    "nn.functional.embedding_bag", bags,
    *[smooth(INDICES, TABLE, integers(0, 3), None, 2, False, mode) for mode in ("sum", "mean", "max")],
    *[smooth(integers([1, 2], [2, 2]), TABLE, None, None, 2, False, mode) for mode in ("sum", "mean", "max")],
    *[smooth(INDICES, TABLE, integers(0, 2, 2, 5), None, 2, False, mode) for mode in ("sum", "mean", "max")],
    smooth(INDICES, TABLE, integers(0, 3, 5), None, 2, False, "sum", False, real(5), True),
    *[smooth(INDICES, TABLE, integers(0, 3, 5), None, 2, False, mode, False, None, True) for mode in ("sum", "max")],
    smooth(INDICES, TABLE, integers(0, 5), None, 2, False, "sum"),
    *[edge(INDICES, TABLE, integers(0, 3), mode=mode, padding_idx=2) for mode in ("sum", "mean", "max")],
    # PyTorch divides by how often another row is there.
    not_in_torch(edge(INDICES, TABLE, integers(0, 3), None, 2, True, "sum")),
    fails(ValueError, "same shape", INDICES, TABLE, integers(0), None, 2, False, "sum", False, real(3)),
    fails(ValueError, "weight has to be a 2D", INDICES, real(3), integers(0)),
    fails(ValueError, "input has to be 1D or 2D", integers([[1]]), TABLE),
    fails(ValueError, "offsets has to be None", integers([1]), TABLE, integers(0)),
    fails(ValueError, "offsets has to be a 1D", INDICES, TABLE),
    fails(ValueError, "mode has to be one of", INDICES, TABLE, integers(0), None, 2, False, "min"),
    fails(ValueError, "max mode does not support scaling", INDICES, TABLE, integers(0), None, 2, True, "max"),
    fails(ValueError, "max mode does not support sparse", INDICES, TABLE, integers(0), None, 2, False, "max", True),
    fails(NotImplementedError, "only supported for mode='sum'", INDICES, TABLE, integers(0), None, 2, False, "mean",
          False, real(5)),
    fails(RuntimeError, "offsets[0] has to be 0", INDICES, TABLE, integers(1)),
    fails(RuntimeError, "can not be greater", INDICES, TABLE, integers(0, 9)),
    *[not_in_torch(fails(RuntimeError, "must not decrease", INDICES, TABLE, each)) for each in DECREASING],
    fails(RuntimeError, "offsets of int64 or int32", INDICES, TABLE, real(1)),
    fails(RuntimeError, "out of range", integers(0, 4), TABLE, integers(0)),
    torch="nn.functional.embedding_bag", wrt=(1, 8),
)  # fmt: skip
row(
    "nn.functional.embedding", lambda index, weight, padding_idx=None: weight[index],
    smooth(integers(2, 0, 2), real(3, 2)),
    edge(integers(2, 0, 2), real(3, 2), -1),
    fails(AssertionError, "within the 3 rows", integers(0), real(3, 2), 3),
    fails(IndexError, "out of range", integers(0, 3), real(3, 2)),
    torch="nn.functional.embedding",
)  # fmt: skip
row(
    "added_rows", lambda x, index, count: adjoint(lambda y: y[index], (count, x.shape[-1]), x),
    smooth(real(3, 2), integers(2, 0, 2), 3),
    smooth(real(2, 2, 3), integers([0, 1], [1, 1]), 4),
    smooth(real(3), np.array(1), 2),
    smooth(real(0, 2), integers(), 3),
    torch=None,
)  # fmt: skip

"""Rows of products of matrices and vectors."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import INF, NAN, gapped, integers, real
from .matmul import CROSSES
from .rows import edge, fails, not_in_torch, row, smooth, typed

for name, reference, shapes in (
    ("mm", np.matmul, [((2, 3), (3, 2)), ((0, 3), (3, 2)), ((2, 0), (0, 3))]),
    ("bmm", np.matmul, [((2, 1, 3), (2, 3, 2)), ((0, 1, 3), (0, 3, 2)), ((2, 2, 0), (2, 0, 2))]),
    ("mv", np.matmul, [((2, 3), (3,)), ((0, 3), (3,)), ((2, 0), (0,))]),
    ("dot", np.vdot, [((3,), (3,)), ((0,), (0,))]),
    ("vdot", np.vdot, [((3,), (3,)), ((0,), (0,))]),
):  # fmt: skip
    row(
        name, reference,
        *[smooth(real(*x), real(*y, seed=1)) for x, y in shapes],
        *[smooth(gapped(real(*x)), np.flip(real(*y, seed=1))) for x, y in shapes[:1]],
        *[edge(np.full(x, INF), np.ones(y)) for x, y in shapes[:1]],
        *[typed("int64", np.full(x, 2), np.full(y, 3)) for x, y in shapes],
        fails(RuntimeError, "expected a", real(2, 3, 1, 2), real(3, 2)),
        fails(RuntimeError, "cannot be multiplied", real(*shapes[0][0]),
              real(*(4 if size == 3 else size for size in shapes[0][1]))),
    )  # fmt: skip
row(
    "outer", np.outer,
    smooth(real(3), real(2)),
    smooth(np.flip(real(3)), gapped(real(2))),
    smooth(real(0), real(2)),
    typed("int64", integers(1, 2), integers(3, 4, dtype="int32")),
    typed("float32", integers(1, 2), real(2).astype("float32")),
    fails(RuntimeError, "expected a 1D", real(2, 2), real(2)),
    fails(RuntimeError, "expected a 1D", real(2), real()),
)  # fmt: skip
row(
    "kron", np.kron,
    smooth(real(2, 3), real(3, 1)),
    smooth(real(2), real(2, 1, 2)),
    smooth(real(), real(2)),
    # PyTorch wants the second laid out in rows.
    not_in_torch(smooth(real(3, 2).T, gapped(real(2, 2)))),
    smooth(real(0, 2), real(3, 2)),
    typed("float64", integers([1, 2], [3, 4]), real(2)),
)  # fmt: skip


def added(product: Callable[..., Any]) -> Callable[..., Any]:
    """``beta·x + alpha·product(y, z)``."""

    def reference(x, y, z, beta=1, alpha=1):
        made = product(y, z)
        return np.broadcast_to((x * beta if beta else 0) + made * alpha, made.shape)

    return reference


for name, product, shape, y, z in (
    ("addmm", np.matmul, (2, 2), (2, 3), (3, 2)),
    ("addmv", np.matmul, (2,), (2, 3), (3,)),
    ("addr", np.outer, (2, 3), (2,), (3,)),
    ("baddbmm", np.matmul, (2, 1, 2), (2, 1, 3), (2, 3, 2)),
    ("addbmm", lambda x, y: np.matmul(x, y).sum(0), (1, 2), (2, 1, 3), (2, 3, 2)),
):
    row(
        name, added(product),
        smooth(real(*shape), real(*y), real(*z)),
        smooth(real(*shape), np.flip(real(*y)), gapped(real(*z)), beta=0.5, alpha=-2),
        smooth(real(), real(*y), real(*z), alpha=0.5),
        smooth(real(1), real(*y), real(*z), beta=2),
        edge(np.full(shape, NAN), real(*y), real(*z), beta=0),
        typed("int64", np.full(shape, 1), np.full(y, 2), np.full(z, 3), beta=3, alpha=2),
        fails(RuntimeError, "sizes provided", real(5, 5, *shape), real(*y), real(*z)),
        fails(RuntimeError, "expected", real(*shape), real(*y), real(2, 2, 2, 2)),
        # PyTorch cuts the fraction off.
        not_in_torch(fails(RuntimeError, "beta", np.full(shape, 1), np.full(y, 2), np.full(z, 3), beta=0.5)),
    )  # fmt: skip
row("linalg.cross", lambda x, y, dim=-1: np.cross(x, y, axis=dim), *CROSSES)
row(
    "linalg.vecdot", lambda x, y, dim=-1: (x * y).sum(dim),
    smooth(real(3), real(3, seed=1)),
    smooth(real(2, 3), real(3)),
    smooth(real(2, 3), real(2, 1), dim=0),
    smooth(real(3, 2).T, gapped(real(2, 3)), dim=-2),
    smooth(real(0, 3), real(0, 3)),
)  # fmt: skip
row("linalg.matmul", np.matmul, smooth(real(2, 3), real(3, 2)), smooth(real(2, 2, 3), real(3)))
CHAINS = [
    [real(2, 3), real(3, 2)],
    [real(2, 3), real(3, 1), gapped(real(1, 4)), real(2, 4).T],
    [real(3, 1), real(1, 3), real(3, 1, seed=1)],
]
row(
    "linalg.multi_dot", np.linalg.multi_dot,
    *map(smooth, CHAINS),
    smooth([real(2), real(2, 3), real(3, 2)]),
    smooth([real(3, 2), real(2, 3), real(3)]),
    smooth([real(2), real(2, 3), real(3)]),
    smooth([real(2), real(2, seed=1)]),
    smooth([real(2, 0), real(0, 3)]),
    fails(RuntimeError, "at least 2 tensors", [real(2, 3)]),
    fails(RuntimeError, "must be 2D", [real(2, 3), real(3), real(3)]),
    fails(RuntimeError, "must be 1D or 2D", [real(2, 2, 2), real(2, 2)]),
    fails(RuntimeError, "cannot be multiplied", [real(2, 3), real(2, 3)]),
)  # fmt: skip
row(
    "chain_matmul", lambda *matrices: np.linalg.multi_dot(matrices),
    *[smooth(*matrices) for matrices in CHAINS],
    fails(RuntimeError, "expected a 2D", real(2), real(2, 3)),
)  # fmt: skip


def grouped_mm(a, b, *, offs=None):
    if offs is None:
        return a @ b
    groups = list(itertools.pairwise([0, *offs]))
    if a.ndim == b.ndim == 2:
        return np.stack([a[:, i:j] @ b[i:j] for i, j in groups])
    if a.ndim == 2:
        out = np.zeros((len(a), b.shape[2]), a.dtype)
        for (i, j), one in zip(groups, b):
            out[i:j] = a[i:j] @ one
        return out
    out = np.zeros((a.shape[1], b.shape[1]), a.dtype)
    for (i, j), one in zip(groups, a):
        out[:, i:j] = one @ b[:, i:j]
    return out


ENDS = np.array([1, 1, 4], np.int32)
row(
    "nn.functional.grouped_mm", grouped_mm,
    # PyTorch takes no float64, wants memory in multiples of 16 bytes, and leaves what is behind the last group.
    *map(not_in_torch, (
        smooth(real(3, 2, 4), real(3, 4, 1)),
        smooth(real(4, 2), real(3, 2, 2), offs=ENDS),
        smooth(real(5, 2), real(3, 2, 2), offs=ENDS),
        smooth(real(3, 2, 2), real(2, 6), offs=ENDS),
        smooth(real(2, 4), real(4, 3), offs=ENDS),
    )),
    fails(RuntimeError, "batched dimension has to match", real(3, 2, 4), real(2, 4, 1)),
    fails(RuntimeError, "mat_a has to be 2 or 3d", real(2), real(2, 2, 1)),
    fails(RuntimeError, "Have to provide offsets", real(4, 2), real(3, 2, 2)),
    fails(RuntimeError, "no offset if both matrices are 3d", real(1, 4, 2), real(1, 2, 2), offs=ENDS[:1]),
    fails(RuntimeError, "contraction dimension", real(2, 3), real(4, 3), offs=ENDS),
    fails(RuntimeError, "Offsets have to be int32", real(2, 4), real(4, 3), offs=ENDS.astype(np.int64)),
    fails(RuntimeError, "matrix batch sizes have to match", real(4, 2), real(3, 2, 2), offs=ENDS[1:]),
    fails(RuntimeError, "Float", integers([1]), integers([1]), offs=ENDS),
)  # fmt: skip

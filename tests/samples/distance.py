"""Rows of distances between points."""

from typing import Any

import numpy as np

from .arrays import INF, NAN, floats, gapped, integers, real
from .rows import edge, fails, row, smooth, value


def norm_of(x: np.ndarray, p: float) -> np.ndarray:
    """The p-norm along the last dimension."""
    return np.linalg.norm(x, p, -1) if x.shape[-1] else np.zeros(x.shape[:-1], x.dtype)


def torch_cdist(torch: Any, x1: Any, x2: Any, p: float = 2.0, **mode: str) -> Any:
    """As PyTorch's, which has no second derivative."""
    torch.cdist(x1, x2, p, **mode)
    return torch.linalg.vector_norm(x1[..., :, None, :] - x2[..., None, :, :], p, -1)


row(
    "cdist", lambda x1, x2, p=2.0, compute_mode=None: norm_of(x1[..., :, None, :] - x2[..., None, :, :], p),
    *[smooth(real(2, 3), real(4, 3), p) for p in (0.5, 1, 1.5, 2, 3, INF)],
    smooth(real(2, 2, 3), real(2, 1, 3)),
    smooth(real(2, 1, 2, 3), real(2, 2, 3)),
    smooth(real(3, 2).T, gapped(real(2, 3)), p=3.0),
    smooth(real(0, 3), real(2, 3)),
    smooth(real(2, 3), real(4, 3), compute_mode="donot_use_mm_for_euclid_dist"),
    edge(real(2, 3), real(4, 3), 0),
    edge(np.zeros((2, 0)), np.zeros((3, 0))),
    *[edge(floats([1, 2], [3, 5.5]), floats([1, 2], [3, 5], [2, 4]), p) for p in (0, 0.5, 1, 1.5, 2.0, 3.0, INF)],
    value(floats([NAN, 1]), real(2, 2)),
    value(floats([INF, 1]), real(2, 2)),
    fails(RuntimeError, "same number of columns", real(2, 3), real(2, 4)),
    fails(RuntimeError, "at least 2D", real(3), real(2, 3)),
    fails(RuntimeError, "non-negative p", real(2, 3), real(2, 3), -1.0),
    fails(ValueError, "not a valid value for compute_mode", real(2, 3), real(2, 3), compute_mode="exact"),
    fails(RuntimeError, "floating-point", integers([1, 2]), integers([1, 2])),
    fails(RuntimeError, "one dtype", real(2, 3), real(2, 3).astype("float32")),
    torch=torch_cdist,
)  # fmt: skip
row(
    "dist", lambda x, y, p=2: norm_of((x - y).reshape(-1), p),
    *[smooth(real(2, 3), real(2, 3, seed=1), p) for p in (1, 1.5, 2, 3, INF)],
    smooth(real(2, 3), real(3)),
    smooth(real(), real(seed=1)),
)  # fmt: skip

"""Rows of norms, and of the distances and angles that they measure."""

import numpy as np

from .arrays import INF, NAN, floats, gapped, integers, real
from .dimensions import in_dtype
from .norm import NORMS, norms
from .rows import edge, fails, row, smooth

row(
    "norm", lambda x, p="fro", dim=None, keepdim=False, dtype=None: np.linalg.norm(x, p) if p == "nuc" else norms(
        in_dtype(x, dtype), 2 if p == "fro" else p, dim, keepdim
    ),
    *NORMS,
    smooth(real(2, 3)),
    smooth(real(2, 3), "fro", 1, True),
    smooth(real(2, 3), "fro", (0, 1)),
    smooth(real(2, 3), "nuc"),
    fails(RuntimeError, "not supported", real(2, 2), "max"),
    fails(RuntimeError, "at least 2 dimensions", real(2), "nuc"),
    fails(RuntimeError, "2-tuple", real(2, 2, 2), "nuc"),
)  # fmt: skip
row(
    "renorm", lambda x, p, dim, maxnorm: np.stack(
        [s * min(1, maxnorm / (norms(s, p) + 1e-7)) for s in np.moveaxis(x, dim, 0)], dim
    ),
    smooth(real(2, 3), 2, 0, 1.3),
    smooth(real(3, 2).T, 1, -1, 1.0),
    smooth(gapped(real(2, 2, 2)), 3.0, dim=1, maxnorm=2.0),
    fails(RuntimeError, "non-positive-norm", real(2, 2), 0, 0, 1.0),
    fails(RuntimeError, "at least 2 dimensions", real(2), 2, 0, 1.0),
    fails(RuntimeError, "maxnorm", real(2, 2), 2, 0, -1.0),
    fails(RuntimeError, "maxnorm", real(2, 2), 2, 0, NAN),
    fails(IndexError, "Dimension out of range", real(2, 2), 2, 2, 1.0),
)  # fmt: skip
row(
    "cosine_similarity", lambda x1, x2, dim=1, eps=1e-8: np.sum(x1 * x2, dim) / (
        np.maximum(norms(x1, 2, dim), eps) * np.maximum(norms(x2, 2, dim), eps)
    ),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3, 2).T, real(3, seed=1), dim=-1),
    smooth(gapped(real(2, 3)), real(2, 1), 0),
    edge(real(2, 3), real(2, 3, seed=1), eps=2.5),
    edge(floats([0.0, 0.0]), floats([1.0, 2.0])),
    fails(RuntimeError, "floats", integers([1, 2]), integers([1, 2])),
    fails(RuntimeError, "broadcast", real(2, 3), real(2, 2)),
    fails(IndexError, "Dimension out of range", real(2), real(2)),
)  # fmt: skip
row(
    "pairwise_distance", lambda x1, x2, p=2.0, eps=1e-6, keepdim=False: norms(x1 - x2 + eps, p, -1, keepdim),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3), real(2, 3, seed=1), 3.0, keepdim=True),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), p=1.0, eps=0.1),
    smooth(real(0, 3), real(3)),
)  # fmt: skip
row(
    "pdist", lambda x, p=2.0: np.array([norms(x[i] - x[j], p) for i in range(len(x)) for j in range(i + 1, len(x))]),
    *[smooth(real(4, 3), p) for p in (0.0, 1.0, 1.5, 2.0, 3.0, INF)],
    smooth(real(2, 3).T),
    smooth(real(1, 3)),
    edge(floats([1.0, 2.0], [1.0, 2.0], [2.0, 3.0])),
    fails(RuntimeError, "2D", real(3)),
    fails(RuntimeError, "non-negative", real(2, 2), -1.0),
    torch="nn.functional.pdist",
)  # fmt: skip

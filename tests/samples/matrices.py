"""Matrices that linear algebra is tested on, and the ones that it refuses."""

import numpy as np

from .arrays import gapped, integers, real
from .rows import fails


def regular(*shape: int, seed: int = 0) -> np.ndarray:
    """Matrices that are far from singular."""
    return real(*shape, seed=seed) + 3 * np.eye(*shape[-2:])


NOT_SQUARE = fails(RuntimeError, "must be batches of square matrices", real(2, 3))
NOT_MATRIX = fails(RuntimeError, "at least 2 dimensions", real(2))
# Of integers, PyTorch sometimes says NotImplementedError.
NOT_FLOAT = fails(RuntimeError, "float32 or float64", integers([1, 2], [3, 4]))
BAD_MATRICES = (NOT_SQUARE, NOT_MATRIX, NOT_FLOAT)
TALL_AND_WIDE = (
    regular(2, 2), regular(3, 3), regular(3, 2), regular(2, 3), regular(2, 3, 2), regular(4, 2).T,
    gapped(regular(2, 2)), real(0, 2), real(2, 0),
)  # fmt: skip

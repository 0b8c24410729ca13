"""Rows of ops on diagonals and triangles of matrices."""

import numpy as np

from .adjoints import adjoint, torch_adjoint
from .arrays import BOOLS, INF, NAN, floats, gapped, integers, real
from .rows import edge, fails, row, smooth, typed

DIAGONALS = [
    (real(2, 3), 0, 0, 1),
    (real(3, 3), 1, 0, 1),
    (real(3, 3), -1, 1, 0),
    (real(2, 3), 2, 0, 1),
    (real(3, 2).T, -1, 0, 1),
    (real(2, 3, 2), 0, -1, 0),
    (gapped(real(3, 3)), 0, 0, 1),
    (real(2, 3), 5, 0, 1),
]
row(
    "diagonal", np.diagonal,
    *[smooth(*args) for args in DIAGONALS],
    smooth(real(2, 3), offset=1),
    typed("bool", BOOLS),
    fails(IndexError, "Dimension out of range", real(3)),
    fails(RuntimeError, "cannot be identical 1, -1", real(2, 3), 0, 1, -1),
)  # fmt: skip
row(
    "place_diagonal", lambda x, shape, *how: adjoint(lambda y: np.diagonal(y, *how), shape, x),
    *[smooth(real(*np.diagonal(x, *how).shape), x.shape, *how) for x, *how in DIAGONALS],
    torch=lambda torch, x, shape, *how: torch_adjoint(torch, lambda y: torch.diagonal(y, *how), shape, x),
)  # fmt: skip
for name, reference in (("tril", np.tril), ("triu", np.triu)):
    row(
        name, lambda x, diagonal=0, reference=reference: reference(x, diagonal),
        *[smooth(real(2, 3), k) for k in (-5, -1, 0, 1, 5)],
        smooth(real(2, 3, 3), diagonal=1),
        smooth(real(3, 2).T),
        smooth(gapped(real(3, 3))),
        smooth(real(2, 0)),
        edge(floats([INF, -INF], [NAN, INF])),
        typed("bool", BOOLS),
        typed("int64", integers([1, 2], [3, 4])),
        fails(RuntimeError, "at least 2 dimensions", real(3)),
    )  # fmt: skip

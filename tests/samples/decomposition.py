"""Rows of matrices as products of simpler ones."""

import numpy as np
import scipy.linalg

import autograd

from .arrays import floats, gapped, real
from .matrices import BAD_MATRICES, NOT_FLOAT, NOT_MATRIX, TALL_AND_WIDE, regular
from .rows import edge, fails, not_in_torch, row, smooth, value


def positive(*shape: int) -> np.ndarray:
    """Symmetric matrices with positive eigenvalues."""
    x = real(*shape)
    return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1])


for name, reference, first in (
    ("cholesky_solve", lambda b, L, upper=False: np.linalg.solve(L.mT @ L if upper else L @ L.mT, b), (real(2, 3),)),
    ("cholesky_inverse", lambda L, upper=False: np.linalg.inv(L.mT @ L if upper else L @ L.mT), ()),
):
    # PyTorch's gradient is that of a full matrix, as if both triangles had been read.
    row(
        name, reference,
        smooth(*(x[:1] for x in first), regular(1, 1)),
        edge(*first, np.tril(regular(2, 2))),
        edge(*first, np.triu(regular(2, 2)), upper=True),
        edge(*first, np.tril(regular(3, 2, 2))),
        fails(RuntimeError, "square", *first, real(2, 3)),
    )  # fmt: skip
# Of a symmetric matrix one triangle is read, so that slopes of single elements say nothing but where it has one.
row(
    "cholesky", lambda A, upper=False: np.linalg.cholesky(A).mT if upper else np.linalg.cholesky(A),
    smooth(positive(1, 1)),
    smooth(real(0, 0)),
    *[edge(A, upper) for A in (positive(3, 3), positive(2, 2, 2), gapped(positive(2, 2)).T) for upper in (False, True)],
    *BAD_MATRICES[:2],
    not_in_torch(NOT_FLOAT),
    not_in_torch(fails(autograd.linalg.LinAlgError, "not positive-definite", floats([1, 2], [2, 1]))),
)  # fmt: skip
row(
    "linalg.cholesky_ex", lambda A, upper=False, **how: (
        np.linalg.cholesky(A.mT).mT if upper else np.linalg.cholesky(A), np.zeros(A.shape[:-2], "int32")
    ),
    *[edge(A) for A in (positive(3, 3), positive(2, 2, 2))],
    edge(positive(3, 3), upper=True),
    # The triangle that the result has is the one that is read.
    value(np.triu(positive(3, 3)), upper=True),
    value(np.tril(positive(3, 3))),
    *BAD_MATRICES,
    not_in_torch(fails(autograd.linalg.LinAlgError, "positive-definite", -positive(2, 2), check_errors=True)),
)  # fmt: skip
row(
    "eigvalsh", lambda A, UPLO="L": np.linalg.eigh(A, UPLO)[0],
    smooth(real(1, 1)),
    smooth(real(0, 0)),
    edge(positive(3, 3)),
    edge(real(2, 3, 3), "U"),
    edge(gapped(real(2, 2)), UPLO="L"),
    *BAD_MATRICES[:2],
    not_in_torch(NOT_FLOAT),
    fails(RuntimeError, "'L' or 'U'", positive(2, 2), "X"),
    torch="linalg.eigvalsh",
)  # fmt: skip


# The signs of vectors are LAPACK's choice, and PyTorch has another.
row(
    "linalg.eigh", lambda A, UPLO="L": tuple(np.linalg.eigh(A, UPLO)),
    edge(positive(3, 3)),
    edge(real(2, 3, 3), "U"),
    *BAD_MATRICES,
    fails(RuntimeError, "'L' or 'U'", positive(2, 2), "X"),
    torch=None,
)  # fmt: skip
row(
    "svdvals", lambda A: np.linalg.svd(A)[1],
    *map(smooth, TALL_AND_WIDE),
    NOT_MATRIX,
    NOT_FLOAT,
    torch="linalg.svdvals",
)  # fmt: skip


def triangles_of(A: np.ndarray) -> np.ndarray:
    """Both triangles of Gauss's elimination, of each matrix."""
    if A.ndim > 2:
        return np.array([triangles_of(x) for x in A])
    (_, L, U), k = scipy.linalg.lu(A), min(A.shape)
    return np.pad(np.tril(L, -1), ((0, 0), (0, A.shape[1] - k))) + np.pad(U, ((0, A.shape[0] - k), (0, 0)))


row("eliminated", triangles_of, *map(smooth, TALL_AND_WIDE[:7]), torch=lambda torch, A: torch.linalg.lu_factor_ex(A)[0])
for name, reference in (
    ("svd", lambda A, some=True, compute_uv=True: (lambda U, S, Vh: (U, S, Vh.mT))(*np.linalg.svd(A, not some))),
    ("linalg.svd", lambda A, full_matrices=True: tuple(np.linalg.svd(A, full_matrices))),
):
    row(
        name, reference,
        smooth(regular(2, 2)),
        *[smooth(x, name == "svd") for x in (regular(3, 2), regular(2, 3), regular(2, 3, 2))],
        value(regular(3, 2), name != "svd"),
        NOT_MATRIX,
        NOT_FLOAT,
        torch=None,
    )  # fmt: skip
for name, modes in (("qr", (True, False)), ("linalg.qr", ("reduced", "complete"))):
    row(
        name, lambda A, how=True: tuple(np.linalg.qr(A, "complete" if how in (False, "complete") else "reduced")),
        *[smooth(x) for x in (regular(2, 2), regular(3, 2), regular(2, 3), regular(2, 3, 2))],
        smooth(regular(2, 3), modes[1]),
        # What completes Q has no derivative, which PyTorch says when it is asked for.
        not_in_torch(value(regular(3, 2), modes[1])),
        NOT_MATRIX,
        NOT_FLOAT,
    )  # fmt: skip
row(
    "geqrf", lambda A: (np.linalg.qr(A, "raw")[0].mT, np.linalg.qr(A, "raw")[1]),
    value(regular(2, 2)),
    value(regular(3, 2)),
    value(regular(2, 2, 3)),
    NOT_MATRIX,
    not_in_torch(NOT_FLOAT),
)  # fmt: skip


def reflections(A: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """The product of reflections, of one matrix."""
    made = np.eye(len(A), dtype=A.dtype)
    for i, t in enumerate(tau):
        v = np.concatenate([np.zeros(i), [1], A[i + 1 :, i]])
        made = made @ (np.eye(len(A)) - t * np.outer(v, v))
    return made[:, : A.shape[1]].astype(A.dtype)


row(
    "linalg.householder_product", reflections,
    smooth(real(3, 2), real(2)),
    not_in_torch(smooth(real(3, 3), real(2))),  # which loses digits in float32
    smooth(gapped(real(2, 2)).T, real(2)),
    fails(RuntimeError, "greater than or equal", real(2, 3), real(2)),
    fails(RuntimeError, "batch dimensions", real(2, 2), real(2, 2)),
    fails(RuntimeError, "at least 2 dimensions", real(2), real(2)),
)  # fmt: skip


def rotated(A: np.ndarray, tau: np.ndarray, x: np.ndarray, left: bool = True, transpose: bool = False) -> np.ndarray:
    Q = reflections(np.pad(A, ((0, 0), (0, max(len(A) - A.shape[1], 0)))), tau)
    Q = Q.mT if transpose else Q
    return Q @ x if left else x @ Q


row(
    "ormqr", rotated,
    smooth(real(3, 2), real(2), real(3, 2, seed=1)),
    smooth(real(3, 3), real(3), real(3, 1), transpose=True),
    smooth(real(3, 2), real(2), real(2, 3), left=False),
    smooth(gapped(real(3, 1)), real(1), real(2, 3), False, True),
    fails(RuntimeError, "do not fit", real(3, 2), real(2), real(2, 3)),
    fails(RuntimeError, "at least 2 dimensions", real(2), real(2), real(2, 3)),
)  # fmt: skip

"""Made by `make stubs` from the registry of ops; not to be edited."""

from .composed.decomposition import cholesky_ex as cholesky_ex, eigh as eigh, householder_product as householder_product, linalg_qr as qr, linalg_svd as svd
from .composed.diagonals import linalg_diagonal as diagonal
from .composed.linalg import inv_ex as inv_ex, linalg_slogdet as slogdet, matrix_power as matrix_power, matrix_rank as matrix_rank, pinv as pinv, tensorinv as tensorinv
from .composed.lu import linalg_lu as lu, linalg_lu_solve as lu_solve, lu_factor as lu_factor, lu_factor_ex as lu_factor_ex
from .composed.matrix_norms import cond as cond, linalg_norm as norm, matrix_norm as matrix_norm
from .composed.products import linalg_cross as cross, linalg_matmul as matmul, multi_dot as multi_dot, vecdot as vecdot
from .composed.shapes import linalg_vander as vander
from .composed.solving import lstsq as lstsq, solve as solve, solve_ex as solve_ex, solve_triangular as solve_triangular, tensorsolve as tensorsolve
from .engine.tensor import Tensor
from .ops.linalg import LinAlgError as LinAlgError
from .types.dtypes import dtype
from collections.abc import Sequence

def cholesky(A: Tensor, upper: bool = False, *, out: Tensor = ...) -> Tensor:
    """The lower triangular L with ``A = L @ Lᵀ``, or its transpose; LinAlgError unless A is positive definite."""
def det(A: Tensor, *, out: Tensor = ...) -> Tensor:
    """The determinant of a square matrix."""
def eigvalsh(A: Tensor, UPLO: str = 'L', *, out: Tensor = ...) -> Tensor:
    """The eigenvalues of a symmetric matrix, smallest first; UPLO: whether its lower or upper triangle is read."""
def inv(A: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of a square matrix; LinAlgError if it is singular."""
def matrix_exp(A: Tensor, *, out: Tensor = ...) -> Tensor:
    """``Σ Aᵏ/k!`` of a square matrix."""
def svdvals(A: Tensor, *, out: Tensor = ...) -> Tensor:
    """The singular values of a matrix, largest first."""
def vector_norm(input: Tensor, ord: float = 2, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """``(Σ|xᵢ|ᵖ)^(1/p)`` of all elements, or over ``dim``, with p = ``ord``."""
__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]

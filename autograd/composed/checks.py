"""What the functions of linear algebra ask of their arguments."""

from __future__ import annotations

from ..engine.tensor import Tensor
from ..ops.linalg import LinAlgError, matrices


def check_matrices(name: str, A: Tensor, square: bool = False) -> None:
    """Raise RuntimeError unless ``A`` is a matrix of floats (a square one), or a stack of them."""
    if not isinstance(A, Tensor):
        raise TypeError(f"{name}(): expected a Tensor, not {type(A).__name__}")
    try:
        matrices(A.array, square)
    except RuntimeError as error:
        raise RuntimeError(f"{name}: {error}") from None


def check_info(name: str, info: Tensor, problem: str) -> None:
    """Raise LinAlgError, which says the ``problem``, unless ``info`` is 0 for all matrices."""
    if bool(info.any()):
        raise LinAlgError(f"{name}: {problem}")

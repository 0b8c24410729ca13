"""Functions that are composed of ops, one file a family: many of them because they return several Tensors."""

from . import (
    contraction,
    decomposition,
    distance,
    extremes,
    indexing,
    linalg,
    lu,
    matrix_norms,
    products,
    questions,
    shapes,
    solving,
    splitting,
)
from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

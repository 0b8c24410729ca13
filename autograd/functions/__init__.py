"""Functions that are composed of ops, one file a family: many of them because they return several Tensors."""

from . import (
    counting,
    differences,
    extremes,
    indexing,
    masked,
    norms,
    ordering,
    products,
    questions,
    shapes,
    splitting,
    statistics,
)
from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

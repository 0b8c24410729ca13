"""Functions that are composed of ops, one file a family: many of them because they return several Tensors."""

from . import conversion, extremes, indexing, new, products, questions, random, shapes, splitting, types
from .registry import FUNCTIONS, IN_PLACE, METHODS

__all__ = ["FUNCTIONS", "IN_PLACE", "METHODS"]

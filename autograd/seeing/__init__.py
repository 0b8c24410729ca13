"""Seeing the graph: consumers of the engine's own records."""

from .drawing import draw

__all__ = ["draw"]

"""Seeing the graph: consumers of the engine's own records."""

from . import plot
from .drawing import draw
from .tracing import Trace, trace

__all__ = ["Trace", "draw", "plot", "trace"]

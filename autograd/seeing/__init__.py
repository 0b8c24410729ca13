"""Seeing the graph: consumers of the engine's own records."""

from .drawing import draw
from .trace import Trace, trace

__all__ = ["Trace", "draw", "trace"]

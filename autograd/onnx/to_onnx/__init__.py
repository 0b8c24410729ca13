"""The table from ops to ONNX nodes, a family a file; `registry` says what a row is."""

from . import activation, elementwise, layers, losses, recurrent, reductions, shapes
from .registry import TABLE

__all__ = ["TABLE", "activation", "elementwise", "layers", "losses", "recurrent", "reductions", "shapes"]

"""The table from ONNX nodes to functions of Tensors, a family a file; `registry` says what a row is."""

from . import elementwise, layers, recurrent, reductions, shapes
from .registry import TABLE

__all__ = ["TABLE", "elementwise", "layers", "recurrent", "reductions", "shapes"]

"""The table from ONNX nodes to functions of Tensors, a family a file; `registry` says what a row is."""

from . import control, elementwise, layers, recurrent, reductions, shapes
from .registry import TABLE

__all__ = ["TABLE", "control", "elementwise", "layers", "recurrent", "reductions", "shapes"]

"""The table from ops to ONNX nodes, a family a file; `registry` says what a row is."""

from . import activation, elementwise, layers, losses, matrices, recurrent, reductions, shapes, special
from .registry import TABLE

__all__ = ["TABLE", "activation", "elementwise", "layers", "losses", "matrices", "recurrent", "reductions"]
__all__ += ["shapes", "special"]

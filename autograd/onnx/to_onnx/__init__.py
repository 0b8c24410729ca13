"""The table from ops to ONNX nodes, a family a file; `registry` says what a row is."""

from . import (
    activation,
    bits,
    elementwise,
    layers,
    losses,
    matrices,
    powers,
    recurrent,
    reductions,
    rounding,
    shapes,
    signs,
    special,
)
from .registry import TABLE

__all__ = ["TABLE", "activation", "bits", "elementwise", "layers", "losses", "matrices", "powers", "recurrent"]
__all__ += ["reductions", "rounding", "shapes", "signs", "special"]

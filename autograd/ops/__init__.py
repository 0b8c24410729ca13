"""All operations, one file a family. ``OPS`` is the registry that everything else follows from."""

# Reductions first: summing and expanding are each other's derivative, and shape.py looks reduction.py up when it runs.
from . import reduction  # isort: skip
from . import (
    activation,
    arithmetic,
    bessel,
    choice,
    comparison,
    conv,
    dropout,
    index,
    integers,
    loss,
    matmul,
    normalization,
    overwriting,
    pointwise,
    polynomials,
    pool,
    rounding,
    shape,
    softmax,
    special,
    trigonometry,
)
from .op import OPS, Op, op, usage

__all__ = ["OPS", "Op", "op", "usage"]

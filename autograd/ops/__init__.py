"""All operations, one file a family. ``OPS`` is the registry that everything else follows from."""

# Reductions first: summing and expanding are each other's derivative, and shape.py looks reduction.py up when it runs.
from . import reduction  # isort: skip
from . import (
    activation,
    arithmetic,
    comparison,
    conv,
    decomposition,
    distance,
    dropout,
    embedding,
    index,
    linalg,
    loss,
    matmul,
    normalization,
    overwriting,
    pointwise,
    pool,
    shape,
    softmax,
)
from .op import OPS, Op, op, usage

__all__ = ["OPS", "Op", "op", "usage"]

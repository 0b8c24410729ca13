"""What a failed op says: its name, the shapes it got, and PyTorch's type of exception."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .ops.op import InvalidValue, Op


def explained(op: Op, arguments: Sequence[Any], error: Exception) -> Exception:
    """The exception to raise when the forward of ``op`` raised ``error``."""
    text = str(error)
    shapes = [tuple(a.shape) for a in arguments if hasattr(a, "shape")]
    given = f" (shapes: {', '.join(map(str, shapes))})" if shapes else ""
    if isinstance(error, np.exceptions.AxisError) and error.axis is not None and error.ndim is not None:
        return IndexError(f"{op.name}: {out_of_range(error.axis, error.ndim)}{given}")
    if isinstance(error, InvalidValue):
        return ValueError(f"{op.name}: {text}{given}")
    # Of the type itself: NumPy's subclasses don't take a text.
    for kept in (IndexError, TypeError, NotImplementedError):
        if isinstance(error, kept):
            return kept(f"{op.name}: {text}{given}")
    if op.kind == "elementwise" or op.promotes:
        text = _broadcast_failure(shapes) or text
    kind = type(error) if isinstance(error, (RuntimeError, MemoryError)) else RuntimeError
    return kind(f"{op.name}: {text}{given}")


def out_of_range(dim: int, ndim: int) -> str:
    """What PyTorch says of a dimension that isn't there; a 0-d Tensor counts as having one."""
    count = max(ndim, 1)
    return f"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim})"


def _broadcast_failure(shapes: list[tuple[int, ...]]) -> str:
    """Which two sizes keep the shapes from being broadcast together; empty if they can be."""
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    for dim in reversed(range(rank)):
        sizes = [shape[dim] for shape in padded if shape[dim] != 1]
        if len(set(sizes)) > 1:
            a, b = sizes[0], next(size for size in sizes if size != sizes[0])
            return (
                f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {dim}; "
                "sizes that meet must be equal, or one of them 1"
            )
    return ""

"""What a failed call says: the name of the function, the shapes it got, and PyTorch's type of exception."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..kernels.compiling.require import Misfit
from ..ops.op import InvalidValue, Op


def named(name: str, error: Exception, text: str = "", given: str = "") -> Exception:
    """``error``, which NumPy or an op's forward raised, as PyTorch would raise it: ``name: text given``.

    NumPy says ValueError of shapes that don't fit, PyTorch RuntimeError.
    """
    text = text or str(error)
    if isinstance(error, np.exceptions.AxisError) and error.axis is not None and error.ndim is not None:
        text = out_of_range(error.axis, error.ndim)
    # NumPy's own kinds of these don't take a text.
    for kind in (IndexError, TypeError, NotImplementedError, MemoryError):
        if isinstance(error, kind):
            return kind(f"{name}: {text}{given}")
    if isinstance(error, InvalidValue):
        return ValueError(f"{name}: {text}{given}")
    kept = isinstance(error, RuntimeError) and not isinstance(error, Misfit)
    made = type(error) if kept else RuntimeError
    return made(f"{name}: {text}{given}")


def explained(op: Op, arguments: Sequence[Any], error: Exception) -> Exception:
    """The exception to raise when the forward of ``op`` raised ``error``."""
    shapes = [tuple(a.shape) for a in arguments if hasattr(a, "shape")]
    given = f" (shapes: {', '.join(map(str, shapes))})" if shapes else ""
    unlike = _broadcast_failure(shapes) if op.promotes and type(error) is ValueError else ""
    return named(op.name, error, unlike, given)


def restated(name: str, error: Exception) -> Exception:
    """``error`` from within the function ``name``, which its text then names; another only in place of NumPy's."""
    said = name.rpartition(".")[2] in str(error)
    if type(error) is InvalidValue:
        return ValueError(str(error)) if said else named(name, error)
    if type(error).__module__.startswith("numpy"):
        return named(name, error)
    if not said:
        error.args = (f"{name}: {error}",)
    return error


@contextmanager
def naming(name: str) -> Iterator[None]:
    """A block in which NumPy computes for the function ``name``."""
    try:
        yield
    except (RuntimeError, ValueError, IndexError) as error:
        raise named(name, error) from None


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

"""How numbers of several ranks become one."""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np

from .wires import Array, Request
from .work import Steps


class ReduceOp(Enum):
    """How numbers of several ranks become one: ``AVG`` is their mean, the last three are for bits."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR = range(8)


# PyTorch's has a class of its own for these eight.
ReduceOp.RedOpType = ReduceOp  # type: ignore[attr-defined]


# By MPI's names. Among truth values, a sum is true if one is, and a product if all are.
OF_NUMBERS = {"SUM": "SUM", "AVG": "SUM", "PRODUCT": "PROD", "MIN": "MIN", "MAX": "MAX"}
OF_BITS = {"BAND": "BAND", "BOR": "BOR", "BXOR": "BXOR"}
OF_TRUTH = {"SUM": "MAX", "PRODUCT": "MIN", "MIN": "MIN", "MAX": "MAX", **OF_BITS}


def named(op: Any, call: str, dtype: np.dtype[Any]) -> str:
    """The name that MPI has for ``op``. TypeError for what is no `ReduceOp`, RuntimeError if it has none."""
    if not isinstance(op, ReduceOp):
        raise TypeError(f"{call}: op must be a ReduceOp, not {op!r}")
    known = OF_TRUTH if dtype.kind == "b" else OF_NUMBERS if dtype.kind == "f" else {**OF_NUMBERS, **OF_BITS}
    if op.name not in known or (op is ReduceOp.AVG and dtype.kind != "f"):
        raise RuntimeError(f"{call}: can't use ReduceOp.{op.name} with {dtype.name}")
    return known[op.name]


def reducible(array: Array) -> Array:
    """``array`` as MPI can reduce it: itself if it may."""
    wanted = {"b": np.uint8, "f": np.float32}.get(array.dtype.kind) if array.dtype.itemsize < 4 else None
    return np.ascontiguousarray(array).reshape(array.shape) if wanted is None else array.astype(wanted, order="C")


def reduced(request: Request, array: Array, buffer: Array, op: ReduceOp, size: int) -> Steps:
    """Wait, then have in ``array`` what was reduced in ``buffer``."""
    yield request
    if op is ReduceOp.AVG:
        buffer /= size
    if buffer is not array:
        array[...] = buffer

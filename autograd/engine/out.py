"""``out=``: the result of an op written into a Tensor that is there already."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..types.dtypes import CATEGORY
from .grad_mode import is_grad_enabled
from .tensor import Tensor
from .writing import refuse_overlap, write


def into(name: str, out: Any, result: Any, read: Iterable[Any] = ()) -> Any:
    """``out``, with the ``result`` of ``name`` written into it; the result itself for None. Of several, one for each.

    RuntimeError in a graph, if the dtype of ``out`` is of a lower kind, or if it is a part of one of the Tensors
    ``read``. If it has another shape it gets new memory, with a warning unless it is empty.
    """
    if out is None:
        return result
    if isinstance(result, tuple):
        if not isinstance(out, (tuple, list)) or len(out) != len(result):
            raise TypeError(f"{name}(): argument 'out' must be a tuple of {len(result)} Tensors")
        for one, part in zip(out, result):
            if isinstance(one, Tensor) and part.array.dtype == np.int64 != one.array.dtype:
                raise RuntimeError(
                    f"{name}: Expected out tensor to have dtype {part.dtype}, but got {one.dtype} instead"
                )
        parts = [into(name, one, part, read) for one, part in zip(out, result)]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be a Tensor, not {type(out).__name__}")
    if result.node is not None or (out.node is not None and is_grad_enabled()):
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad."
        )
    if CATEGORY[result.array.dtype.kind] > CATEGORY[out.array.dtype.kind]:
        raise RuntimeError(
            f"{name}: result type {result.dtype} can't be cast to the desired output type {out.dtype} of out"
        )
    if out.array.shape != result.array.shape:
        if out.array.size:
            warnings.warn(
                f"{name}: an output with one or more elements was resized since it had shape {list(out.shape)}, which "
                f"does not match the required output shape {list(result.shape)}",
                stacklevel=4,
            )
        out.array = np.empty(result.array.shape, out.array.dtype)
    else:
        parts = [value if isinstance(value, (list, tuple)) else [value] for value in read]
        refuse_overlap(name, out.array, itertools.chain(*parts))
    return write(out, result.array)

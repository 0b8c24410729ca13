"""Rows of a table looked up by index, and bags of them summed, averaged or their largest taken."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..engine.grad_mode import no_grad
from ..engine.tensor import Tensor, wrap
from ..ops.arithmetic import where
from ..ops.embedding import added_rows
from ..ops.embedding import embedding as looked_up
from .registry import function


@function("nn.functional.embedding")
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The row of ``weight`` (count, size) that each index names: of indices (...), rows (..., size).

    padding_idx: a row that gets no gradient; negative ones count from the end. max_norm: rows looked up whose
    ``norm_type`` norm is larger are first scaled down to it, in place. scale_grad_by_freq: whether to divide the
    gradient of a row by how often it is there. sparse: gradients are dense, whatever it says.

    RuntimeError for indices that are not int64 or int32, IndexError for those out of range.

    >>> nn.functional.embedding(autograd.tensor([2, 0]), autograd.tensor([[1., 2.], [3., 4.], [5., 6.]]))
    tensor([[5., 6.],
            [1., 2.]])
    """
    padding = padding_row("embedding", padding_idx, weight)
    if max_norm is not None:
        scale_down(weight, input, max_norm, norm_type)
    return looked_up(input, weight, padding, scale_grad_by_freq)


def padding_row(name: str, padding_idx: int | None, weight: Tensor) -> int:
    """``padding_idx`` counted from the start, -1 for None; AssertionError if there is no such row."""
    count = weight.shape[0]
    if padding_idx is None:
        return -1
    if not -count <= operator.index(padding_idx) < count:
        raise AssertionError(f"{name}: padding_idx {padding_idx} must be within the {count} rows")
    return padding_idx % count


def scale_down(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    """Scale the rows that ``input`` names to a norm of ``max_norm``, where it is larger, in place."""
    with no_grad():
        rows = looked_up(input, weight).reshape(input.numel(), weight.shape[1])
        norms = rows.norm(norm_type, -1, True)
        weight[input.reshape(-1)] = where(norms > max_norm, rows * (max_norm / (norms + 1e-7)), rows)


@function("nn.functional.embedding_bag")
def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, the mean or the largest of the rows of ``weight`` (count, size) that each bag of indices names.

    input: bags of one length (B, N), or one after the other in a vector, each from its offset on, up to the next one;
    with include_last_offset the last offset is where the last bag ends. An empty bag gives 0. mode: "sum", "mean" or
    "max". per_sample_weights: numbers to multiply the rows with, for "sum". padding_idx: an index that counts as
    absent. max_norm, norm_type, scale_grad_by_freq, sparse: as for `embedding`.

    ValueError for shapes and settings that don't fit, RuntimeError for offsets and indices out of range.

    >>> table = autograd.tensor([[1., 2.], [3., 4.], [5., 6.]])
    >>> nn.functional.embedding_bag(autograd.tensor([0, 1, 2]), table, autograd.tensor([0, 2]), mode="sum")
    tensor([[4., 6.],
            [5., 6.]])
    """
    _check_bags(input, weight, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights)
    ends = _ends(input, offsets, include_last_offset)
    index, count = input.array.reshape(-1), len(ends) - 1
    for wrong in index[(index < 0) | (index >= weight.shape[0])]:
        raise RuntimeError(f"embedding_bag: index {wrong} is out of range: there are {weight.shape[0]} rows")
    bag = np.searchsorted(ends, np.arange(len(index)), side="right") - 1
    padding = padding_row("embedding_bag", padding_idx, weight)
    kept = (index != padding) & (bag < count)
    index, bag = index[kept], bag[kept]
    if max_norm is not None:
        scale_down(weight, wrap(index, None), max_norm, norm_type)
    if input.ndim == 2 and padding < 0 and mode != "max" and per_sample_weights is None:
        bags = looked_up(input, weight, -1, scale_grad_by_freq)
        return bags.sum(1) if mode == "sum" or not input.numel() else bags.mean(1)
    rows = looked_up(wrap(index, None), weight, -1, scale_grad_by_freq)
    if mode == "max":
        return _largest(rows, bag, count)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1)[kept].unsqueeze(-1)
    total: Tensor = added_rows(rows, bag, count)
    if mode == "sum":
        return total
    sizes = np.maximum(np.bincount(bag, minlength=count), 1)
    return total / wrap(sizes[:, None].astype(total.array.dtype), None)


def _check_bags(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None,
    scale_grad_by_freq: bool,
    mode: str,
    sparse: bool,
    per_sample_weights: Tensor | None,
) -> None:
    """Raise what PyTorch raises for arguments that don't fit together."""
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({tuple(per_sample_weights.shape)}) is not None, then it must have "
            f"the same shape as the input ({tuple(input.shape)})"
        )
    if weight.ndim != 2:
        raise ValueError(f"embedding_bag: weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim not in (1, 2):
        raise ValueError(f"embedding_bag: input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if input.ndim == 2 and offsets is not None:
        raise ValueError(
            f"embedding_bag: if input is 2D, {tuple(input.shape)} here, then offsets has to be None, as input is "
            "treated is a mini-batch of fixed length sequences"
        )
    if input.ndim == 1 and (offsets is None or offsets.ndim != 1):
        raise ValueError(
            f"embedding_bag: offsets has to be a 1D Tensor but got {None if offsets is None else tuple(offsets.shape)}"
        )
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag: mode has to be one of sum, mean or max, not {mode!r}")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("embedding_bag: max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("embedding_bag: max mode does not support sparse weights")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            f"embedding_bag: per_sample_weights is only supported for mode='sum' (got mode='{mode}')"
        )


def _ends(input: Tensor, offsets: Tensor | None, include_last_offset: bool) -> np.ndarray[Any, Any]:
    """Where each bag begins, and where the last one ends."""
    if offsets is None:
        return np.arange(input.shape[0] + 1) * input.shape[1]
    starts, length = offsets.array, len(input)
    if starts.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"embedding_bag: expected offsets of int64 or int32, not {starts.dtype}")
    if include_last_offset and not starts.size:
        raise RuntimeError("embedding_bag: include_last_offset: number of offsets should be at least 1")
    if starts.size and starts[0]:
        raise RuntimeError(
            "embedding_bag: offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
            f"position 0. However, got {starts[0]}"
        )
    if starts.size and starts[-1] > length:
        raise RuntimeError(
            f"embedding_bag: offsets[-1] can not be greater than input's length({length}) but got offsets[-1] of "
            f"{starts[-1]}"
        )
    if (starts[1:] < starts[:-1]).any():
        raise RuntimeError(f"embedding_bag: offsets must not decrease, but they are {starts.tolist()}")
    if include_last_offset:
        return starts
    return np.append(starts, length if starts.size else 0)


def _largest(rows: Tensor, bag: np.ndarray[Any, Any], count: int) -> Tensor:
    """The largest number of each column in each bag, the first of several; 0 for none. ``bag`` is sorted."""
    filled, starts = np.unique(bag, return_index=True)
    values = rows.array
    if not len(filled):
        return added_rows(rows, bag, count)
    best = np.maximum.reduceat(values, starts)[np.searchsorted(filled, bag)]
    place = np.arange(len(bag))[:, None]
    first = np.minimum.reduceat(np.where((values == best) | np.isnan(values), place, len(bag)), starts)
    return added_rows(rows.gather(0, wrap(first, None)), filled, count)

"""Connectionist temporal classification: how improbable a text is, whenever each of its letters comes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.tensor import Tensor
from ..ops.ctc import ctc_losses
from ..ops.loss import check_reduction, reduced
from .registry import function


@function("ctc_loss", "nn.functional.ctc_loss")
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """``-ln`` of the probability that a sequence of letters, with ``blank`` between, spells a target (Graves, 2006).

    log_probs (T, N, classes) or (T, classes); targets (N, S), or all targets in one row; input_lengths, target_lengths:
    how much of each counts. reduction: "mean" divides each loss by the length of its target first. zero_infinity:
    whether a target that is too long for its input costs nothing. RuntimeError where lengths don't fit.

    >>> log_probs = autograd.full((2, 1, 2), 0.5).log()
    >>> nn.functional.ctc_loss(log_probs, autograd.tensor([[1]]), [2], [1])
    tensor(0.2877)
    """
    check_reduction(reduction)
    batched = log_probs.ndim == 3
    probs = log_probs if batched else log_probs.unsqueeze(1)
    inputs, wanted = _whole("input_lengths", input_lengths), _whole("target_lengths", target_lengths)
    steps, count, classes = probs.shape
    if len(inputs) != count or len(wanted) != count:
        raise RuntimeError(
            f"ctc_loss: input_lengths and target_lengths must be of size {count}, one for each of the batch"
        )
    if not count:
        raise RuntimeError("ctc_loss: log_probs tensor must not be empty")
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: blank must be in label range, but it is {blank} for {classes} classes")
    for name, lengths, most in (("input", inputs, steps), ("target", wanted, math.inf)):
        for length in lengths:
            if not 0 <= length <= most:
                limit = f"at least 0, but got {length}" if length < 0 else f"at most {most}, but got {length}"
                raise RuntimeError(f"ctc_loss: Expected {name}_lengths to have value {limit}")
    spellings = _spellings(targets.array, wanted)
    letters = np.arange(spellings.shape[1]) < np.array(wanted)[:, None]
    outside = spellings[letters & ((spellings < 0) | (spellings >= classes))]
    if outside.size:
        raise RuntimeError(f"ctc_loss: target {outside[0]} is out of bounds for {classes} classes")
    losses = ctc_losses(
        probs, spellings, np.array(inputs, np.int64), np.array(wanted, np.int64), blank, bool(zero_infinity)
    )
    if reduction == "mean":
        return (losses / probs.new_tensor([max(length, 1) for length in wanted])).mean()
    return reduced(losses if batched else losses.reshape(()), reduction)


def _whole(name: str, lengths: Any) -> list[int]:
    """These lengths, one or several, as a list; RuntimeError unless they are whole numbers."""
    found = np.ravel(lengths.array if isinstance(lengths, Tensor) else lengths)
    if found.size and found.dtype.kind not in "iu":
        raise RuntimeError(f"ctc_loss: {name} must be integral, not {found.dtype}")
    return found.tolist()


def _spellings(targets: np.ndarray, lengths: list[int]) -> np.ndarray:
    """The targets as a matrix, of (N, S) or one after the other; RuntimeError where lengths don't fit."""
    count, longest = len(lengths), max(lengths)
    if targets.ndim == 1:
        if len(targets) != sum(lengths):
            raise RuntimeError(
                f"ctc_loss: Expected targets to have size {sum(lengths)} at dimension 0, the sum of target_lengths, "
                f"but got size {len(targets)}"
            )
        padded = np.zeros((count, longest), np.int64)
        padded[np.arange(longest) < np.array(lengths)[:, None]] = targets
        return padded
    if targets.ndim != 2:
        raise RuntimeError(f"ctc_loss: Expected targets of 1 to 2 dimensions, but got {targets.ndim}")
    if targets.shape[0] != count or targets.shape[1] < longest:
        raise RuntimeError(
            f"ctc_loss: Expected targets of shape ({count}, {longest}), or wider, but got {targets.shape}"
        )
    return np.ascontiguousarray(targets[:, :longest], np.int64)

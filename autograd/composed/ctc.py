"""Connectionist temporal classification: how improbable a text is, whenever each of its letters comes."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..creation.data import from_numpy
from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..ops.joining import stack
from ..ops.loss import reduced
from ..ops.shape import constant_pad
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
    batched = log_probs.ndim == 3
    probs = log_probs if batched else log_probs.unsqueeze(1)
    inputs, wanted = (
        [operator.index(n) for n in np.ravel(lengths.array if isinstance(lengths, Tensor) else lengths)]
        for lengths in (input_lengths, target_lengths)
    )
    steps, count, classes = probs.shape
    if len(inputs) != count or len(wanted) != count:
        raise RuntimeError(
            f"ctc_loss: input_lengths and target_lengths must be of size {count}, one for each of the batch"
        )
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: blank must be in label range, but it is {blank} for {classes} classes")
    if any(length > steps for length in inputs):
        raise RuntimeError(f"ctc_loss: Expected input_lengths to have value at most {steps}, but got {max(inputs)}")
    labels = targets.array
    starts = np.cumsum([0, *wanted])
    losses = []
    for b in range(count):
        row = labels.reshape(count, -1)[b] if labels.ndim == 2 or not batched else labels[starts[b] :]
        losses.append(_spelling_loss(probs[: inputs[b], b], row[: wanted[b]], blank))
    total = stack(losses)
    if zero_infinity:
        total = where(total == math.inf, 0.0, total)
    if reduction == "mean":
        return (total / probs.new_tensor([max(length, 1) for length in wanted])).mean()
    return reduced(total if batched else total.reshape(()), reduction)


# Stands for the logarithm of 0: far below that of any probability, and unlike with -inf, differences are not NaN.
NEVER = -1e30


def _spelling_loss(probs: Tensor, target: np.ndarray, blank: int) -> Tensor:
    """The loss of one sequence (T, classes): the forward algorithm over the target with blanks in between."""
    states = np.full(2 * len(target) + 1, blank)
    states[1::2] = target
    if not len(probs):
        return probs.sum() + (math.inf if len(target) else 0.0)
    seen = probs[:, from_numpy(states)]
    # A step over one state is allowed where that is a blank between different letters.
    skips = np.zeros(len(states), bool)
    skips[2:] = (states[2:] != blank) & (states[2:] != states[:-2])
    can_skip, first = from_numpy(skips), from_numpy(np.arange(len(states)) < 2)
    alpha = where(first, seen[0], NEVER)
    for t in range(1, len(probs)):
        one = constant_pad(alpha, (1, -1), NEVER)
        two = where(can_skip, constant_pad(alpha, (2, -2), NEVER), NEVER)
        alpha = stack([alpha, one, two]).logsumexp(0) + seen[t]
    loss = -alpha[-2:].logsumexp(0)
    # PyTorch's gradient is that in the scores whose log-softmax ``probs`` is. The difference to ours is the gradient of
    # this sum of probabilities, so the sum is added without changing the value.
    ones = probs.exp().sum()
    return where(loss > -NEVER / 2, math.inf, loss + (ones - ones.detach()))

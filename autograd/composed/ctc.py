"""Connectionist temporal classification: how improbable a text is, whenever each of its letters comes."""

from __future__ import annotations

import math
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
    for letter in np.concatenate(spellings):
        if not 0 <= letter < classes:
            raise RuntimeError(f"ctc_loss: target {letter} is out of bounds for {classes} classes")
    losses = [_spelling_loss(probs[: inputs[b], b], spellings[b], blank) for b in range(count)]
    total = stack(losses)
    if zero_infinity:
        total = where(total == math.inf, 0.0, total)
    if reduction == "mean":
        return (total / probs.new_tensor([max(length, 1) for length in wanted])).mean()
    return reduced(total if batched else total.reshape(()), reduction)


def _whole(name: str, lengths: Any) -> list[int]:
    """These lengths, one or several, as a list; RuntimeError unless they are whole numbers."""
    found = np.ravel(lengths.array if isinstance(lengths, Tensor) else lengths)
    if found.size and found.dtype.kind not in "iu":
        raise RuntimeError(f"ctc_loss: {name} must be integral, not {found.dtype}")
    return found.tolist()


def _spellings(targets: np.ndarray, lengths: list[int]) -> list[np.ndarray]:
    """The target of each sequence, of (N, S) or one after the other; RuntimeError where lengths don't fit."""
    if targets.ndim == 1:
        if len(targets) != sum(lengths):
            raise RuntimeError(
                f"ctc_loss: Expected targets to have size {sum(lengths)} at dimension 0, the sum of target_lengths, "
                f"but got size {len(targets)}"
            )
        return np.split(targets, np.cumsum(lengths)[:-1])
    if targets.ndim != 2:
        raise RuntimeError(f"ctc_loss: Expected targets of 1 to 2 dimensions, but got {targets.ndim}")
    count, longest = len(lengths), max(lengths)
    if targets.shape[0] != count or targets.shape[1] < longest:
        raise RuntimeError(
            f"ctc_loss: Expected targets of shape ({count}, {longest}), or wider, but got {targets.shape}"
        )
    return [row[:length] for row, length in zip(targets, lengths)]


# The logarithm of what can't be: no probability comes near it, and unlike -inf it has differences.
NEVER = -1e30


def _spelling_loss(probs: Tensor, target: np.ndarray, blank: int) -> Tensor:
    """The loss of one sequence (T, classes): the forward algorithm over the target with blanks in between."""
    states = np.full(2 * len(target) + 1, blank)
    states[1::2] = target
    if not len(probs):
        return probs.sum() + (math.inf if len(target) else 0.0)
    seen = probs[:, from_numpy(states)]
    # From two states before only past a blank between different letters.
    skips = np.zeros(states.shape, bool)
    skips[2:] = (states[2:] != blank) & (states[2:] != states[:-2])
    can_skip, first = from_numpy(skips), from_numpy(np.arange(len(states)) < 2)
    alpha = where(first, seen[0], NEVER)
    for t in range(1, len(probs)):
        one = constant_pad(alpha, (1, -1), NEVER)
        two = where(can_skip, constant_pad(one, (1, -1), NEVER), NEVER)
        alpha = stack([alpha, one, two]).logsumexp(0) + seen[t]
    loss = -alpha[-2:].logsumexp(0)
    # PyTorch's gradient is that in the scores whose log-softmax ``probs`` is. The difference to ours is the gradient of
    # this sum of probabilities, so the sum is added without changing the value.
    ones = probs.exp().sum()
    return where(loss > -NEVER / 2, math.inf, loss + (ones - ones.detach()))

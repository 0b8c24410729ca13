"""Connectionist temporal classification: how improbable texts are, whenever each of their letters comes."""

from __future__ import annotations

import math

import numpy as np

from ..kernels import ctc as kernels
from .arithmetic import where
from .broadcasting import sum
from .index import getitem
from .joining import stack
from .op import op
from .pointwise import exp, log
from .reduction import logsumexp
from .shape import constant_pad

# The logarithm of what can't be: no probability comes near it, and unlike -inf it has differences.
NEVER = -1e30


def ctc_by_steps(log_probs, targets, input_lengths, target_lengths, blank, zero_infinity):
    """The losses in terms of other ops. Only ``log_probs`` is a Tensor."""
    return stack(
        [
            spelling_loss(log_probs[:length, b], targets[b, :size], blank, zero_infinity)
            for b, (length, size) in enumerate(zip(input_lengths.tolist(), target_lengths.tolist()))
        ]
    )


def spelling_loss(probs, target, blank, zero_infinity):
    """The loss of one sequence (T, classes): the forward algorithm over the target with blanks in between."""
    states, skips = kernels.places(target, blank)
    if not len(probs):
        return sum(probs) + (math.inf if len(target) and not zero_infinity else 0.0)
    seen = getitem(probs, (slice(None), states))
    alpha = where(np.arange(len(states)) < 2, seen[0], NEVER)
    for t in range(1, len(probs)):
        one = constant_pad(alpha, (1, -1), NEVER)
        two = where(skips, constant_pad(one, (1, -1), NEVER), NEVER)
        alpha = logsumexp(stack([alpha, one, two]), 0) + seen[t]
    loss = -logsumexp(alpha[-2:], 0)
    # The gradient is that of the scores whose log-softmax ``probs`` is. The difference to that of ``probs`` is the
    # gradient of this sum of probabilities, so the sum is added without changing the value.
    ones = sum(exp(probs))
    impossible = loss > -NEVER / 2
    loss = where(impossible, 0.0, loss + (ones - ones.detach()))
    # Infinite, with a gradient that is NaN.
    return loss if zero_infinity else loss - log(where(impossible, ones * 0, 1.0))


@op(
    symbol="CTC",
    derivative="∂L/∂xₜᵢ = pₜᵢ - (share of the ways through i at t)",
    level="internal",
    reference=ctc_by_steps,
)
def ctc_losses(log_probs, targets, input_lengths, target_lengths, blank, zero_infinity):
    """``-ln`` of the probability of each target (N, S), in the steps of its column of ``log_probs`` (T, N, classes).

    The gradient is that of scores x, whose log-softmax ``log_probs`` is.
    """
    losses = kernels.losses(log_probs, targets, input_lengths, target_lengths, blank)
    if zero_infinity:
        losses[np.isposinf(losses)] = 0
    return losses


def ctc_slope(g, out, log_probs, targets, input_lengths, target_lengths, blank, zero_infinity):
    """The gradient of the log-probabilities."""
    return (kernels.slopes(g, log_probs, targets, input_lengths, target_lengths, blank, zero_infinity),)


ctc_losses.fused(ctc_slope, arity=1)

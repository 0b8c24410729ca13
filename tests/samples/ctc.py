"""Rows of connectionist temporal classification."""

import itertools

import numpy as np
import scipy.special

from .arrays import integers, real
from .loss import reduce
from .rows import edge, fails, row


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean"):
    """Over all ways to spell each target: repetitions are one letter, blanks none."""
    losses = []
    for b, (steps, size) in enumerate(zip(input_lengths, target_lengths)):
        total = 0.0
        for path in itertools.product(range(log_probs.shape[2]), repeat=steps):
            letters = [letter for letter, _ in itertools.groupby(path) if letter != blank]
            if letters == targets[b, :size].tolist():
                total += np.exp(sum(log_probs[t, b, letter] for t, letter in enumerate(path)))
        losses.append(-np.log(total) / (size if reduction == "mean" else 1))
    return reduce(np.array(losses, log_probs.dtype), reduction)


SPELLINGS = scipy.special.log_softmax(real(4, 2, 3), -1), integers([1, 2], [2, 2]), (4, 3), (2, 1)
row(
    "ctc_loss", ctc_loss,
    # Not smooth ones: its gradient, as PyTorch's, is that in scores under a log-softmax.
    *[edge(*SPELLINGS, reduction=r) for r in ("none", "mean", "sum")],
    edge(*SPELLINGS[:2], (4, 4), (1, 2), blank=0),
    edge(SPELLINGS[0], integers([0, 1], [1, 0]), (3, 4), (2, 2), blank=2),
    fails(RuntimeError, "one for each of the batch", *SPELLINGS[:2], (4,), (2, 1)),
    fails(RuntimeError, "blank must be in label range", *SPELLINGS, blank=3),
    fails(RuntimeError, "to have value at most 4", *SPELLINGS[:2], (5, 3), (2, 1)),
    torch="nn.functional.ctc_loss",
)  # fmt: skip

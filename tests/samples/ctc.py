"""Rows of connectionist temporal classification."""

import itertools
import math

import numpy as np
import scipy.special

from .arrays import integers, real
from .loss import reduce
from .rows import edge, fails, not_in_torch, row


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False):
    """Over all ways to spell each target: repetitions are one letter, blanks none."""
    losses = []
    if targets.ndim == 1:
        rows = np.split(targets, np.cumsum(target_lengths)[:-1])
    else:
        rows = [row[:size] for row, size in zip(targets, target_lengths)]
    for b, (steps, size) in enumerate(zip(input_lengths, target_lengths)):
        total = 0.0
        for path in itertools.product(range(log_probs.shape[2]), repeat=steps):
            letters = [letter for letter, _ in itertools.groupby(path) if letter != blank]
            if letters == rows[b].tolist():
                total += np.exp(sum(log_probs[t, b, letter] for t, letter in enumerate(path)))
        loss = -np.log(total) if total else 0.0 if zero_infinity else math.inf
        losses.append(loss / (max(size, 1) if reduction == "mean" else 1))
    return reduce(np.array(losses, log_probs.dtype), reduction)


SPELLINGS = scipy.special.log_softmax(real(4, 2, 3), -1), integers([1, 2], [2, 2]), (4, 3), (2, 1)
row(
    "ctc_loss", ctc_loss,
    # Not smooth ones: its gradient, as PyTorch's, is that in scores under a log-softmax.
    *[edge(*SPELLINGS, reduction=r) for r in ("none", "mean", "sum")],
    edge(*SPELLINGS[:2], (4, 4), (1, 2), blank=0),
    edge(SPELLINGS[0], integers([0, 1], [1, 0]), (3, 4), (2, 2), blank=2),
    edge(*SPELLINGS[:2], (4, 4), (0, 2), reduction="none"),
    edge(SPELLINGS[0], integers(), (4, 4), (0, 0)),
    edge(SPELLINGS[0], integers([], []), (4, 0), (0, 0), reduction="none"),
    edge(SPELLINGS[0], integers(1, 2), (4, 4), (0, 2), reduction="sum"),
    edge(SPELLINGS[0], integers(1, 2), (4, 4), (2, 0)),
    edge(SPELLINGS[0], integers(1, 2, 1), (0, 1), (2, 1), reduction="none"),
    edge(*SPELLINGS[:2], (2, 3), (2, 2), reduction="none", zero_infinity=True),
    edge(*SPELLINGS[:2], (2, 1), (2, 2), reduction="sum"),
    fails(RuntimeError, "one for each of the batch", *SPELLINGS[:2], (4,), (2, 1)),
    fails(RuntimeError, "blank must be in label range", *SPELLINGS, blank=3),
    fails(RuntimeError, "to have value at most 4", *SPELLINGS[:2], (5, 3), (2, 1)),
    fails(RuntimeError, "input_lengths to have value at least 0", *SPELLINGS[:2], (-1, 3), (2, 1)),
    fails(RuntimeError, "target_lengths to have value at least 0", *SPELLINGS[:2], (4, 3), (2, -1)),
    fails(RuntimeError, "target_lengths to have value at least 0", SPELLINGS[0], integers(1, 2), (4, 3), (3, -1)),
    fails(RuntimeError, "(2, 3), or wider", *SPELLINGS[:2], (4, 3), (3, 1)),
    fails(RuntimeError, "(2, 1), or wider", SPELLINGS[0], integers([1]), (4, 3), (1, 1)),
    fails(RuntimeError, "1 to 2 dimensions", SPELLINGS[0], integers([[1]]), (4, 3), (1, 1)),
    *[fails(RuntimeError, "to have size 2", SPELLINGS[0], integers(*n), (4, 3), (1, 1)) for n in ((1, 2, 1), (1,))],
    fails(RuntimeError, "must not be empty", real(4, 0, 3), integers(), (), ()),
    # PyTorch reads beyond the classes.
    *[
        not_in_torch(fails(RuntimeError, "out of bounds for 3 classes", SPELLINGS[0], integers(1, n), (4, 3), (1, 1)))
        for n in (3, -1)
    ],
    torch="nn.functional.ctc_loss",
)  # fmt: skip
row(
    "ctc_losses",
    lambda *args: ctc_loss(*args[:5], "none", args[5]),
    edge(*SPELLINGS[:2], np.array((4, 3)), np.array((2, 1)), 0, False),
    edge(*SPELLINGS[:2], np.array((2, 3)), np.array((2, 2)), 0, True),
    # Differences are taken of scores under a log-softmax, in a test of its own.
    wrt=(),
    torch=None,
)

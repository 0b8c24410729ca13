"""Rows of random numbers where they are certain; the others are in tests/test_random.py."""

import numpy as np

from .arrays import BOOLS, floats, integers, real
from .rows import edge, fails, row, typed, value

row(
    "bernoulli", lambda x, p=None: x if p is None else np.full_like(x, p),
    edge(floats([0, 1], [1, 1])),
    edge(floats([0, 1, 1], [1, 0, 0]).T),
    value(floats(0.3, 0.4), 1.0),
    edge(np.zeros((0, 3))),
    typed("int64", integers(3, 4), 1),
    typed("bool", BOOLS, 0.0),
    fails(RuntimeError, "expected probabilities between 0 and 1", floats(0.5, 1.5)),
    fails(RuntimeError, "p to be in [0, 1]", floats(0.5, 0.5), -1.0),
    fails(NotImplementedError, "not for autograd.int64", integers(0, 1)),
)  # fmt: skip
row(
    "normal", lambda mean, std: mean + 0 * std,
    edge(real(2, 3), 0.0),
    edge(real(2, 3).T, floats(0, 0)),
    edge(1.5, floats(0, 0)),
    edge(real(3, 1), floats(0, 0)),
    edge(np.zeros((0, 2)), 1.0),
    fails(RuntimeError, "std >= 0.0", real(2), -1.0),
    fails(NotImplementedError, "not for autograd.int64", integers(0, 1), 1.0),
)  # fmt: skip
row(
    "multinomial", lambda x, num_samples, replacement=False: np.argsort(-x, -1)[..., :num_samples] if not replacement
    else np.repeat(np.argmax(x, -1)[..., None], num_samples, -1),
    edge(floats(0, 0, 2), 1),
    edge(floats([0, 1], [3, 0]), 1),
    edge(floats([0, 1], [3, 0]).T, 4, replacement=True),
    edge(floats(0, 2), 2),
    fails(RuntimeError, "cannot sample 3 of 2 without replacement", floats(1, 2), 3),
    fails(RuntimeError, "sum to 0", floats([1, 2], [0, 0]), 1),
)  # fmt: skip

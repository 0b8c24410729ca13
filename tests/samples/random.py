"""Rows of random numbers where they are certain; the others are in tests/test_random.py and test_distributions.py."""

import numpy as np
import scipy.special

from .arrays import BOOLS, floats, integers, real
from .rows import edge, fails, not_in_torch, row, typed, value

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
row(
    "poisson", lambda rate: 0 * rate,
    edge(floats(0, 0)),
    edge(floats([0, 0], [0, 0]).T),
    edge(np.zeros((0, 3))),
    fails(RuntimeError, "invalid Poisson rate", floats(1, -1)),
    not_in_torch(fails(RuntimeError, "invalid Poisson rate", floats(1, np.inf))),
    fails(NotImplementedError, "not for autograd.int64", integers(1, 2)),
)  # fmt: skip
row(
    "binomial", lambda count, prob: count * prob,
    *[
        # PyTorch's has no derivative, and ours the constant's.
        not_in_torch(edge(*arguments))
        for arguments in (
            (floats(4, 7), floats(0, 1)),
            (floats([4, 7], [1, 2]).T, floats(1, 1)),
            (np.zeros((0, 3)), floats(0.5, 0.5, 0.5)),
        )
    ],
    not_in_torch(fails(RuntimeError, "have shapes that don't fit: (2,) and (3,)", real(2), real(3))),
    fails(ValueError, "floating-point dtypes for count, got: autograd.int64", integers(1, 2), floats(1, 1)),
)  # fmt: skip
# There is no second derivative. The first is tested in tests/test_distributions.py.
row(
    "gamma_variate",
    lambda concentration, drawn, at: scipy.special.gammaincinv(
        doubled(concentration), scipy.special.gammainc(doubled(at), doubled(drawn))
    ),
    value(real(2, 3, low=0.5, high=2), real(2, 3, low=0.5, high=2), real(2, 3, low=0.5, high=2)),
    value(real(3, 2, low=0.5, high=2).T, real(2, 3, low=0.5, high=2), real(3, 2, low=0.5, high=2).T),
    torch=None,
    wrt=(),
)  # fmt: skip
row(
    "dirichlet_variate", lambda concentration, drawn, at: drawn,
    value(real(2, 3, low=0.5, high=2), floats([0.1, 0.2, 0.7], [0.3, 0.3, 0.4]), real(2, 3, low=0.5, high=2)),
    torch=None,
    wrt=(),
)  # fmt: skip


def doubled(x):
    return np.asarray(x, np.float64)


def slope(quantile, p, parameter):
    """The derivative of a quantile function in its parameter, by differences."""
    step = 1e-3 * parameter
    at = lambda k: quantile(parameter + k * step, p)
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)


def gamma_slope(concentration, x):
    alpha, x = doubled(concentration), doubled(x)
    return slope(scipy.special.gammaincinv, scipy.special.gammainc(alpha, x), alpha)


def beta_slope(concentration, total, x):
    alpha, x = doubled(concentration), doubled(x)
    rest = doubled(total) - alpha
    p = scipy.special.betainc(alpha, rest, x)
    return slope(lambda a, p: scipy.special.betaincinv(a, rest, p), p, alpha) / (1 - x)


row(
    "gamma_slope", gamma_slope,
    value(floats(0.5, 2, 20), floats(0.1, 4, 19)),
    value(floats([0.5, 2], [0.7, 3]).T, floats([0.3, 1], [2, 0.1])),
    torch=None,
    wrt=(),
)  # fmt: skip
row(
    "beta_slope", beta_slope,
    value(floats(0.5, 2, 20), floats(1.5, 3, 50), floats(0.1, 0.7, 0.45)),
    value(floats([0.5, 2], [0.7, 3]).T, floats(4, 5), floats(0.3, 0.9)),
    torch=None,
    wrt=(),
)  # fmt: skip

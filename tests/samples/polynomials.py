"""Rows of orthogonal polynomials."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import floats, integers, real
from .rows import row, smooth, typed


def by_degree(polynomial: Callable[[float, int], Any]) -> Callable[..., np.ndarray]:
    """A polynomial of one number and one degree, for arrays of them; 0 for a negative degree."""
    value = lambda x, n: polynomial(x, int(n)) if n >= 0 else 0.0
    return np.vectorize(value, otypes=[float])


def series(evaluate: Callable[..., Any], at: Callable[[float], float] = lambda x: x) -> Callable[..., np.ndarray]:
    """The last polynomial of a series that NumPy evaluates, given its coefficients."""
    return by_degree(lambda x, n: evaluate(at(x), [0] * n + [1]))


def of_angle(value: Callable[[float, int], float], at: Callable[[float], float] = lambda x: x) -> Callable[..., Any]:
    """A polynomial of a cosine, given as a function of the angle."""
    return by_degree(lambda x, n: value(math.acos(at(x)), n))


chebyshev = (
    ("u", lambda angle, n: math.sin((n + 1) * angle) / math.sin(angle)),
    ("v", lambda angle, n: math.cos((n + 0.5) * angle) / math.cos(angle / 2)),
    ("w", lambda angle, n: math.sin((n + 0.5) * angle) / math.sin(angle / 2)),
)
on_unit_interval = lambda x: 2 * x - 1
for name, reference in (
    ("chebyshev_polynomial_t", series(np.polynomial.chebyshev.chebval)),
    ("shifted_chebyshev_polynomial_t", series(np.polynomial.chebyshev.chebval, on_unit_interval)),
    *[(f"chebyshev_polynomial_{letter}", of_angle(value)) for letter, value in chebyshev],
    *[(f"shifted_chebyshev_polynomial_{letter}", of_angle(value, on_unit_interval)) for letter, value in chebyshev],
    ("hermite_polynomial_h", series(np.polynomial.hermite.hermval)),
    ("hermite_polynomial_he", series(np.polynomial.hermite_e.hermeval)),
    ("laguerre_polynomial_l", series(np.polynomial.laguerre.lagval)),
    ("legendre_polynomial_p", series(np.polynomial.legendre.legval)),
):
    inner = lambda *shape: real(*shape, low=0.1, high=0.9)
    row(
        name, reference,
        smooth(inner(2, 3), floats(0, 1, 2)),
        smooth(inner(3, 1), floats(4, 7, -2)),
        smooth(inner(), 3),
        smooth(inner(0), 3),
        smooth(inner(2), np.array(2.7)),
        smooth(0.3, floats(1, 5)),
        typed("float64", inner(3), integers(1, 2, 3)),
        typed("float32", inner(3).astype("float32"), integers(1, 2, 3)),
        torch=f"special.{name}",
    )  # fmt: skip

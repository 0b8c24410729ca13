"""Orthogonal polynomials of degree ``n``; nothing passes back through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .op import op
from .special import scipy


def declare(name: str, values: str, text: str, compute: Callable[[Any, Any], Any]) -> None:
    """Make the op ``special.name`` of ``compute(n, x)``, n being an array of integers; ``values`` are ½'s and 2's."""

    def forward(x: Any, n: Any) -> Any:
        n = np.asarray(n)
        with np.errstate(invalid="ignore"):
            degree = n.astype(np.int64)
        out = np.where(degree < 0, 0, compute(degree, x))
        return out.astype(np.result_type(x, n) if n.dtype.kind == "f" else x.dtype)

    forward.__name__ = name
    forward.__doc__ = f"""{text} for a whole number n; 0 for a negative one.

    >>> autograd.special.{name}(autograd.tensor([0.5, 2.]), 3)
    tensor([{values}])
    """
    op(forward, level="internal", aliases=(f"special.{name}",), floating=True, promotes=True)


def of_scipy(name: str) -> Callable[[Any, Any], Any]:
    """SciPy's polynomial of that name, as ``f(n, x)``."""
    return lambda n, x: scipy(name, n, x)


def on_unit_interval(polynomial: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The same on [0, 1] instead of [-1, 1]."""
    return lambda n, x: polynomial(n, 2 * x - 1)


U = of_scipy("eval_chebyu")
for letter, values, shifted, kind, compute in (
    ("t", "-1., 26.", "-0., 99.", "first", of_scipy("eval_chebyt")),
    ("u", "-1., 56.", " -0., 204.", "second", U),
    ("v", "-1., 41.", "  1., 169.", "third", lambda n, x: U(n, x) - U(n - 1, x)),
    ("w", "-1., 71.", " -1., 239.", "fourth", lambda n, x: U(n, x) + U(n - 1, x)),
):
    text = f"``{letter.upper()}ₙ(x)``, Chebyshev's polynomial of the {kind} kind"
    declare(f"chebyshev_polynomial_{letter}", values, text, compute)
    text = text.replace("(x)", "(2x - 1)")
    declare(f"shifted_chebyshev_polynomial_{letter}", shifted, text, on_unit_interval(compute))

for name, function, values, text in (
    ("hermite_polynomial_h", "eval_hermite", "-5., 40.", "``Hₙ(x)``, Hermite's polynomial as physicists define it,"),
    ("hermite_polynomial_he", "eval_hermitenorm", "-1.3750,  2.0000", "``Heₙ(x)``, Hermite's as statisticians do,"),
    ("laguerre_polynomial_l", "eval_laguerre", "-0.1458, -0.3333", "``Lₙ(x)``, Laguerre's polynomial"),
    ("legendre_polynomial_p", "eval_legendre", "-0.4375, 17.0000", "``Pₙ(x)``, Legendre's polynomial"),
):
    declare(name, values, text, of_scipy(function))

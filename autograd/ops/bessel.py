"""Bessel functions, modified (of an imaginary argument) and not, and Airy's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .arithmetic import where
from .op import op
from .pointwise import sign
from .special import scipy


@op(symbol="I₀", derivative="∂I₀(x)/∂x = I₁(x)", floating=True, aliases=("special.i0", "special.modified_bessel_i0"))
def i0(x):
    """``I₀(x)``, the modified Bessel function of order 0.

    >>> autograd.tensor([0., 1.]).i0()
    tensor([1.0000, 1.2661])
    """
    return scipy("i0", x)


i0.elementwise(lambda g, out, x: g * i1(x))


@op(
    symbol="I₀·e⁻|ˣ|",
    derivative="∂out/∂x = e⁻|ˣ|·I₁(x) - sign(x)·out",
    floating=True,
    level="internal",
    aliases=("special.i0e",),
)
def i0e(x):
    """``e^-|x|·I₀(x)``, which does not overflow.

    >>> autograd.special.i0e(autograd.tensor([0., 1.]))
    tensor([1.0000, 0.4658])
    """
    return scipy("i0e", x)


i0e.elementwise(lambda g, out, x: g * (i1e(x) - sign(x) * out))


@op(
    symbol="I₁",
    derivative="∂I₁(x)/∂x = I₀(x) - I₁(x)/x",
    floating=True,
    level="internal",
    aliases=("special.i1", "special.modified_bessel_i1"),
)
def i1(x):
    """``I₁(x)``, the modified Bessel function of order 1.

    >>> autograd.special.i1(autograd.tensor([0., 1.]))
    tensor([0.0000, 0.5652])
    """
    return scipy("i1", x)


i1.elementwise(lambda g, out, x: g * (i0(x) - ratio(out, x)))


@op(
    symbol="I₁·e⁻|ˣ|",
    derivative="∂out/∂x = e⁻|ˣ|·I₀(x) - sign(x)·out - out/x",
    floating=True,
    level="internal",
    aliases=("special.i1e",),
)
def i1e(x):
    """``e^-|x|·I₁(x)``, which does not overflow.

    >>> autograd.special.i1e(autograd.tensor([0., 1.]))
    tensor([0.0000, 0.2079])
    """
    return scipy("i1e", x)


i1e.elementwise(lambda g, out, x: g * (i0e(x) - sign(x) * out - ratio(out, x)))


def ratio(bessel, x):
    """``bessel/x`` of a modified Bessel function of order 1: ½ at 0."""
    return where(x == 0, 0.5, bessel / where(x == 0, 1.0, x))


def declare(name: str, values: str, text: str, compute: Callable[[Any], Any]) -> None:
    """Make the op ``special.name``, which has no derivative; ``values`` are those at 1 and 2."""

    def forward(x: Any) -> Any:
        return compute(x)

    forward.__name__ = name
    forward.__doc__ = f"""{text}

    >>> autograd.special.{name}(autograd.tensor([1., 2.]))
    tensor([{values}])
    """
    op(forward, level="internal", aliases=(f"special.{name}",), floating=True, promotes=True)


FIRST, SECOND = "the Bessel function of the first kind", "the Bessel function of the second kind"
MODIFIED = "the modified Bessel function of the second kind"
declare("bessel_j0", "0.7652, 0.2239", f"``J₀(x)``, {FIRST} of order 0.", lambda x: scipy("j0", x))
declare("bessel_j1", "0.4401, 0.5767", f"``J₁(x)``, {FIRST} of order 1.", lambda x: scipy("j1", x))
declare("bessel_y0", "0.0883, 0.5104", f"``Y₀(x)``, {SECOND} of order 0.", lambda x: scipy("y0", x))
declare("bessel_y1", "-0.7812, -0.1070", f"``Y₁(x)``, {SECOND} of order 1.", lambda x: scipy("y1", x))
declare("modified_bessel_k0", "0.4210, 0.1139", f"``K₀(x)``, {MODIFIED} of order 0.", lambda x: scipy("k0", x))
declare("modified_bessel_k1", "0.6019, 0.1399", f"``K₁(x)``, {MODIFIED} of order 1.", lambda x: scipy("k1", x))
declare(
    "scaled_modified_bessel_k0", "1.1445, 0.8416", "``eˣ·K₀(x)``, which does not vanish.", lambda x: scipy("k0e", x)
)
declare(
    "scaled_modified_bessel_k1", "1.6362, 1.0335", "``eˣ·K₁(x)``, which does not vanish.", lambda x: scipy("k1e", x)
)
declare("spherical_bessel_j0", "0.8415, 0.4546", "``sin(x)/x``, 1 at 0.", lambda x: scipy("spherical_jn", 0, x))
declare("airy_ai", "0.1353, 0.0349", "``Ai(x)``, Airy's function of the first kind.", lambda x: scipy("airy", x)[0])

"""Special functions: the error function and the normal distribution, gamma functions, entropies."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

from .arithmetic import where
from .op import op
from .pointwise import exp, log, log1p, of_kind


def scipy(name: str, *args: Any) -> Any:
    """SciPy's special function of that name, in the dtype of the arguments, where SciPy has only a wider one."""
    from scipy import special

    return np.asarray(getattr(special, name)(*args)).astype(np.result_type(*args), copy=False)


def no_derivative(op: str, argument: str) -> NoReturn:
    raise NotImplementedError(f"{op}: the derivative for '{argument}' is not implemented; detach() it")


@op(symbol="erf", derivative="∂erf(x)/∂x = 2/√π·e^(-x²)", floating=True, aliases=("special.erf",))
def erf(x):
    """The error function ``2/√π ∫₀ˣ e^(-t²) dt``.

    >>> autograd.tensor([0., 1.]).erf()
    tensor([0.0000, 0.8427])
    """
    return scipy("erf", x)


erf.elementwise(lambda g, out, x: g * exp(-(x * x)) * (2 / math.sqrt(math.pi)))


@op(symbol="erfc", derivative="∂erfc(x)/∂x = -2/√π·e^(-x²)", floating=True, aliases=("special.erfc",))
def erfc(x):
    """``1 - erf(x)``, with all digits where that is small.

    >>> autograd.tensor([0., 1.]).erfc()
    tensor([1.0000, 0.1573])
    """
    return scipy("erfc", x)


erfc.elementwise(lambda g, out, x: g * exp(-(x * x)) * (-2 / math.sqrt(math.pi)))


@op(symbol="erf⁻¹", derivative="∂erf⁻¹(x)/∂x = √π/2·e^(out²)", floating=True, aliases=("special.erfinv",))
def erfinv(x):
    """The inverse of `erf`; NaN outside [-1, 1].

    >>> autograd.tensor([0., 0.5]).erfinv()
    tensor([0.0000, 0.4769])
    """
    return scipy("erfinv", x)


erfinv.elementwise(lambda g, out, x: g * exp(out * out) * (math.sqrt(math.pi) / 2))


@op(
    symbol="erfcx",
    derivative="∂erfcx(x)/∂x = 2x·erfcx(x) - 2/√π",
    floating=True,
    level="internal",
    aliases=("special.erfcx",),
)
def erfcx(x):
    """``e^(x²)·erfc(x)``, which neither overflows nor vanishes for large ``x``.

    >>> autograd.special.erfcx(autograd.tensor([0., 1.]))
    tensor([1.0000, 0.4276])
    """
    return scipy("erfcx", x)


erfcx.elementwise(lambda g, out, x: g * (x * out * 2 - 2 / math.sqrt(math.pi)))


@op(symbol="Φ", derivative="∂Φ(x)/∂x = 1/√(2π)·e^(-x²/2)", floating=True, level="internal", aliases=("special.ndtr",))
def ndtr(x):
    """``Φ(x)``, the distribution function of the standard normal distribution.

    >>> autograd.special.ndtr(autograd.tensor([0., 1.]))
    tensor([0.5000, 0.8413])
    """
    return scipy("ndtr", x)


ndtr.elementwise(lambda g, out, x: g * exp(x * x * -0.5) * (1 / math.sqrt(2 * math.pi)))


@op(
    symbol="Φ⁻¹",
    derivative="∂Φ⁻¹(x)/∂x = √(2π)·e^(out²/2)",
    floating=True,
    level="internal",
    aliases=("special.ndtri",),
)
def ndtri(x):
    """The inverse of `ndtr`; NaN outside [0, 1].

    >>> autograd.special.ndtri(autograd.tensor([0.5, 0.9]))
    tensor([0.0000, 1.2816])
    """
    return scipy("ndtri", x)


ndtri.elementwise(lambda g, out, x: g * exp(out * out * 0.5) * math.sqrt(2 * math.pi))


@op(
    symbol="ln Φ",
    derivative="∂(ln Φ(x))/∂x = √(2/π)/erfcx(-x/√2)",
    floating=True,
    level="internal",
    aliases=("special.log_ndtr",),
)
def log_ndtr(x):
    """``ln Φ(x)``, without loss where Φ vanishes.

    >>> autograd.special.log_ndtr(autograd.tensor([0., 1.]))
    tensor([-0.6931, -0.1728])
    """
    return scipy("log_ndtr", x)


@op(symbol="φ/Φ", derivative="∂h(x)/∂x = -h·(h + x)", floating=True, level="internal")
def hazard(x):
    """``φ(x)/Φ(x) = √(2/π)/erfcx(-x/√2)``, the derivative of `log_ndtr`: the inverse of Mills' ratio at -x."""
    return math.sqrt(2 / math.pi) / erfcx.forward(x * -math.sqrt(0.5))


log_ndtr.elementwise(lambda g, out, x: g * hazard(x))
hazard.elementwise(lambda g, out, x: -g * (out * (out + x)))


@op(symbol="logit", derivative="∂(logit x)/∂x = 1/(x·(1-x))", floating=True, aliases=("special.logit",))
def logit(x, eps=None):
    """``ln(x/(1 - x))``, the inverse of `sigmoid`; with ``eps``, of ``x`` cut off at eps and 1 - eps.

    >>> autograd.tensor([0.5, 0.9]).logit()
    tensor([0.0000, 2.1972])
    """
    if eps is not None:
        x = np.clip(x, eps, 1 - eps)
    return np.log(x / (1 - x))


def logit_slope(x, eps):
    """``1/(x·(1 - x))``; 0 where ``x`` is cut off, NaN where it is no probability."""
    low, beyond = (0, math.nan) if eps is None else (eps, 0.0)
    return where((x < low) | (x > 1 - low), beyond, 1 / ((x + 0.0) * (1 - x)))


logit.elementwise(lambda g, out, x, eps: g * logit_slope(x, eps))


@op(
    symbol="-x·ln x", derivative="∂(-x·ln x)/∂x = -ln x - 1", floating=True, level="internal", aliases=("special.entr",)
)
def entr(x):
    """``-x·ln x``, 0 at 0, and -inf below: what a probability adds to an entropy.

    >>> autograd.special.entr(autograd.tensor([0., 0.5]))
    tensor([0.0000, 0.3466])
    """
    return scipy("entr", x)


entr.elementwise(lambda g, out, x: -g * (log(x) + 1))


@op(
    symbol="x·ln y", derivative=("∂(x·ln y)/∂x = ln y", "∂(x·ln y)/∂y = x/y"), floating=True, aliases=("special.xlogy",)
)
def xlogy(x, y):
    """``x·ln y``, and 0 where x is 0.

    >>> autograd.tensor([0., 2.]).xlogy(autograd.tensor([0., 3.]))
    tensor([0.0000, 2.1972])
    """
    return scipy("xlogy", x, y)


xlogy.elementwise(lambda g, out, x, y: where((x == 0) & (y <= 0), 0.0, xlogy(g, y)),
                  lambda g, out, x, y: g * x / y)  # fmt: skip


@op(
    symbol="x·ln(1+y)",
    derivative=("∂(x·ln(1+y))/∂x = ln(1+y)", "∂(x·ln(1+y))/∂y = x/(1+y)"),
    floating=True,
    level="internal",
    aliases=("special.xlog1py",),
)
def xlog1py(x, y):
    """``x·ln(1 + y)``, accurate near y = 0, and 0 where x is 0.

    >>> autograd.special.xlog1py(autograd.tensor([0., 2.]), autograd.tensor([-1., 2.]))
    tensor([0.0000, 2.1972])
    """
    return scipy("xlog1py", x, y)


xlog1py.elementwise(lambda g, out, x, y: where((x == 0) & (y <= -1), 0.0, g * log1p(y)),
                    lambda g, out, x, y: g * x / (y + 1))  # fmt: skip


@op(symbol="ln|Γ|", derivative="∂(ln|Γ(x)|)/∂x = ψ(x)", floating=True, aliases=("special.gammaln",))
def lgamma(x):
    """``ln |Γ(x)|``; e^ of it is ``(x - 1)!`` for whole x.

    >>> autograd.tensor([3., 5.]).lgamma()
    tensor([0.6931, 3.1781])
    """
    # Γ(x) is 1/x where x is as good as 0; SciPy takes the least numbers for 0.
    small = np.abs(x) < np.finfo(x.dtype).tiny
    near = -np.log(np.abs(np.where(small, x, 1)))
    return np.where(x == -np.inf, np.inf, np.where(small, near, scipy("gammaln", x)))


lgamma.elementwise(lambda g, out, x: g * digamma(x))


@op(
    symbol="ψ",
    derivative="∂ψ(x)/∂x = ψ⁽¹⁾(x)",
    floating=True,
    aliases=(
        "special.digamma",
        "special.psi",
    ),
)
def digamma(x):
    """``ψ(x)``, the derivative of ``ln Γ(x)``.

    >>> autograd.tensor([1., 2.]).digamma()
    tensor([-0.5772,  0.4228])
    """
    return scipy("psi", x)


digamma.elementwise(lambda g, out, x: g * psi(x, 1))


@op(symbol="ψ⁽ⁿ⁾", derivative="∂ψ⁽ⁿ⁾(x)/∂x = ψ⁽ⁿ⁺¹⁾(x)", floating=True, level="internal")
def psi(x, n):
    """``ψ⁽ⁿ⁾(x)``, the n-th derivative of `digamma`; RuntimeError for n < 0."""
    if n < 0:
        raise RuntimeError(f"polygamma(n, x) does not support negative n, such as {n}")
    return np.where(x == -np.inf, np.nan, scipy("polygamma", n, x) if n else scipy("psi", x))


psi.elementwise(lambda g, out, x, n: g * psi(x, n + 1))


@op(symbol="P", derivative=("", "∂P(a,x)/∂x = xᵃ⁻¹·e⁻ˣ/Γ(a)"), aliases=("special.gammainc",))
def igamma(a, x):
    """``P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹·e⁻ᵗ dt``, the incomplete gamma function; NotImplementedError for integers.

    >>> autograd.tensor([1., 2.]).igamma(autograd.tensor([1., 1.]))
    tensor([0.6321, 0.2642])
    """
    return scipy("gammainc", of_kind("f", a, x), x)


@op(symbol="Q", derivative=("", "∂Q(a,x)/∂x = -xᵃ⁻¹·e⁻ˣ/Γ(a)"), aliases=("special.gammaincc",))
def igammac(a, x):
    """``Q(a, x) = 1 - P(a, x)``, with all digits where that is small; see `igamma`.

    >>> autograd.tensor([1., 2.]).igammac(autograd.tensor([1., 1.]))
    tensor([0.3679, 0.7358])
    """
    return scipy("gammaincc", of_kind("f", a, x), x)


def gamma_density(a, x):
    """``xᵃ⁻¹·e⁻ˣ/Γ(a)``."""
    return exp((a - 1) * log(x) - x - lgamma(a))


igamma.elementwise(lambda g, out, a, x: no_derivative("igamma", "input"),
                   lambda g, out, a, x: g * gamma_density(a, x))  # fmt: skip
igammac.elementwise(lambda g, out, a, x: no_derivative("igammac", "input"),
                    lambda g, out, a, x: -g * gamma_density(a, x))  # fmt: skip


@op(symbol="ζ", derivative=("", "∂ζ(x,q)/∂q = -x·ζ(x+1,q)"), floating=True, level="internal", aliases=("special.zeta",))
def zeta(x, q):
    """``ζ(x, q) = Σ 1/(k + q)ˣ`` over k = 0, 1, 2 ..., Hurwitz's zeta function; for q = 1 it is Riemann's.

    >>> autograd.special.zeta(autograd.tensor([2., 4.]), 1)
    tensor([1.6449, 1.0823])
    """
    return scipy("zeta", x, q)


zeta.elementwise(lambda g, out, x, q: no_derivative("zeta", "input"),
                 lambda g, out, x, q: g * -x * zeta(x + 1, q))  # fmt: skip

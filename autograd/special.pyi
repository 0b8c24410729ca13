"""Made by `make stubs` from the registry of ops; not to be edited."""

from .composed.arithmetic import mvlgamma as multigammaln, polygamma as polygamma
from .engine.tensor import Operand, Tensor

def airy_ai(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``Ai(x)``, Airy's function of the first kind."""
def bessel_j0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``J₀(x)``, the Bessel function of the first kind of order 0."""
def bessel_j1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``J₁(x)``, the Bessel function of the first kind of order 1."""
def bessel_y0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``Y₀(x)``, the Bessel function of the second kind of order 0."""
def bessel_y1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``Y₁(x)``, the Bessel function of the second kind of order 1."""
def chebyshev_polynomial_t(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Tₙ(x)``, Chebyshev's polynomial of the first kind for a whole number n; 0 for a negative one."""
def chebyshev_polynomial_u(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Uₙ(x)``, Chebyshev's polynomial of the second kind for a whole number n; 0 for a negative one."""
def chebyshev_polynomial_v(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Vₙ(x)``, Chebyshev's polynomial of the third kind for a whole number n; 0 for a negative one."""
def chebyshev_polynomial_w(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Wₙ(x)``, Chebyshev's polynomial of the fourth kind for a whole number n; 0 for a negative one."""
def digamma(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ψ(x)``, the derivative of ``ln Γ(x)``."""
def entr(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``-x·ln x``, 0 at 0, and -inf below: what a probability adds to an entropy."""
def erf(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The error function ``2/√π ∫₀ˣ e^(-t²) dt``."""
def erfc(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``1 - erf(x)``, with all digits where that is small."""
def erfcx(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``e^(x²)·erfc(x)``, which neither overflows nor vanishes for large ``x``."""
def erfinv(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `erf`; NaN outside [-1, 1]."""
def exp2(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``2ˣ``."""
def expit(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The logistic function ``σ(x) = 1/(1 + e⁻ˣ)``, between 0 and 1."""
def expm1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``eˣ - 1``, accurate near 0."""
def gammainc(a: Operand, x: Operand, *, out: Tensor = ...) -> Tensor:
    """``P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹·e⁻ᵗ dt``, the incomplete gamma function; NotImplementedError for integers."""
def gammaincc(a: Operand, x: Operand, *, out: Tensor = ...) -> Tensor:
    """``Q(a, x) = 1 - P(a, x)``, with all digits where that is small; see `igamma`."""
def gammaln(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ln |Γ(x)|``; e^ of it is ``(x - 1)!`` for whole x."""
def hermite_polynomial_h(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Hₙ(x)``, Hermite's polynomial as physicists define it, for a whole number n; 0 for a negative one."""
def hermite_polynomial_he(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Heₙ(x)``, Hermite's as statisticians do, for a whole number n; 0 for a negative one."""
def i0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``I₀(x)``, the modified Bessel function of order 0."""
def i0e(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``e^-|x|·I₀(x)``, which does not overflow."""
def i1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``I₁(x)``, the modified Bessel function of order 1."""
def i1e(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``e^-|x|·I₁(x)``, which does not overflow."""
def laguerre_polynomial_l(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Lₙ(x)``, Laguerre's polynomial for a whole number n; 0 for a negative one."""
def legendre_polynomial_p(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Pₙ(x)``, Legendre's polynomial for a whole number n; 0 for a negative one."""
def log1p(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ln(1 + x)``, accurate near 0."""
def log_ndtr(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ln Φ(x)``, without loss where Φ vanishes."""
def logit(input: Tensor, eps: float | None = None, *, out: Tensor = ...) -> Tensor:
    """``ln(x/(1 - x))``, the inverse of `sigmoid`; with ``eps``, of ``x`` cut off at eps and 1 - eps."""
def modified_bessel_i0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``I₀(x)``, the modified Bessel function of order 0."""
def modified_bessel_i1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``I₁(x)``, the modified Bessel function of order 1."""
def modified_bessel_k0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``K₀(x)``, the modified Bessel function of the second kind of order 0."""
def modified_bessel_k1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``K₁(x)``, the modified Bessel function of the second kind of order 1."""
def ndtr(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``Φ(x)``, the distribution function of the standard normal distribution."""
def ndtri(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `ndtr`; NaN outside [0, 1]."""
def psi(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ψ(x)``, the derivative of ``ln Γ(x)``."""
def round(input: Tensor, decimals: int = 0, *, out: Tensor = ...) -> Tensor:
    """Rounded to ``decimals`` places, halves to the even neighbour; NotImplementedError for places of integers."""
def scaled_modified_bessel_k0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``eˣ·K₀(x)``, which does not vanish."""
def scaled_modified_bessel_k1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``eˣ·K₁(x)``, which does not vanish."""
def shifted_chebyshev_polynomial_t(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Tₙ(2x - 1)``, Chebyshev's polynomial of the first kind for a whole number n; 0 for a negative one."""
def shifted_chebyshev_polynomial_u(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Uₙ(2x - 1)``, Chebyshev's polynomial of the second kind for a whole number n; 0 for a negative one."""
def shifted_chebyshev_polynomial_v(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Vₙ(2x - 1)``, Chebyshev's polynomial of the third kind for a whole number n; 0 for a negative one."""
def shifted_chebyshev_polynomial_w(input: Operand, n: Operand, *, out: Tensor = ...) -> Tensor:
    """``Wₙ(2x - 1)``, Chebyshev's polynomial of the fourth kind for a whole number n; 0 for a negative one."""
def sinc(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``sin(πx)/(πx)``, and 1 at 0."""
def spherical_bessel_j0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``sin(x)/x``, 1 at 0."""
def xlog1py(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x·ln(1 + y)``, accurate near y = 0, and 0 where x is 0."""
def xlogy(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x·ln y``, and 0 where x is 0."""
def zeta(input: Operand, q: Operand, *, out: Tensor = ...) -> Tensor:
    """``ζ(x, q) = Σ 1/(k + q)ˣ`` over k = 0, 1, 2 ..., Hurwitz's zeta function; for q = 1 it is Riemann's."""
__all__ = [
    "airy_ai",
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "chebyshev_polynomial_t",
    "chebyshev_polynomial_u",
    "chebyshev_polynomial_v",
    "chebyshev_polynomial_w",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "hermite_polynomial_h",
    "hermite_polynomial_he",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
    "log1p",
    "log_ndtr",
    "logit",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w",
    "sinc",
    "spherical_bessel_j0",
    "xlog1py",
    "xlogy",
    "zeta",
]

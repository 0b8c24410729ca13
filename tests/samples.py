"""The table that every op is tested by: a row an op, with what to call it on and what NumPy and PyTorch say to that.

Functions that are composed of ops have rows too, under their public names, such as ``sort`` or ``linalg.norm``.

A row reads::

    row("log", np.log, *unary(low=0.1), fails(TypeError, "expected a Tensor", [1.0]))

the name of the op, the same function in NumPy, its samples, its errors; ``torch=`` where PyTorch's name or signature is
another. Adding an op takes a row here and nothing else.

Float arrays are written in float64, and the tests make float32 of them as they need. The kinds of sample:

``smooth``
    a point at which the op is differentiable: values, first and second derivatives.
``edge``
    infinities, ties and kinks: the value, and the gradient that PyTorch has there.
``value``
    where a gradient means nothing, such as NaN: the value only.
``typed``
    arguments in the dtypes they have, floats too, and the dtype of the result.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.linalg
import scipy.ndimage
import scipy.special

import autograd
from autograd.kernels.interpolation import interpolating
from autograd.kernels.pooling import windows as window_sides
from autograd.kernels.pooling.averages import averages
from autograd.ops import OPS

NAN, INF = math.nan, math.inf


@dataclass(frozen=True, eq=False)
class Sample:
    """One call of an op.

    gives: the dtype of the result where that of the float arguments doesn't settle it.
    in_torch: whether PyTorch agrees.
    """

    args: tuple[Any, ...]
    params: dict[str, Any]
    kind: str = "smooth"
    gives: str | None = None
    in_torch: bool = True

    def __str__(self) -> str:
        return call_text(self.args, self.params)


@dataclass(frozen=True, eq=False)
class Failure:
    """A call that must raise ``error`` with ``fragment`` in its message. in_torch: whether PyTorch raises that, too."""

    error: type[Exception]
    fragment: str
    args: tuple[Any, ...]
    params: dict[str, Any]
    in_torch: bool = True

    def __str__(self) -> str:
        return call_text(self.args, self.params)


@dataclass(frozen=True, eq=False)
class Row:
    """An op: ``reference`` is it in NumPy, ``torch`` it in PyTorch (a path below torch, a function, or None).

    result: the dtype of the result where it is always one. wrt: the arguments with a derivative, where not all with a
    rule have one.
    """

    name: str
    reference: Callable[..., Any]
    samples: tuple[Sample, ...]
    failures: tuple[Failure, ...]
    torch: str | Callable[..., Any] | None
    result: str | None = None
    wrt: tuple[int, ...] | None = None


ROWS: dict[str, Row] = {}


def row(
    name: str,
    reference: Callable[..., Any],
    *calls: Sample | Failure,
    torch: str | Callable[..., Any] | None = "",
    result: str | None = None,
    wrt: tuple[int, ...] | None = None,
) -> None:
    """Add the row of an op to the table."""
    assert name not in ROWS, f"two rows for {name}"
    samples = tuple(call for call in calls if isinstance(call, Sample))
    failures = tuple(call for call in calls if isinstance(call, Failure))
    ROWS[name] = Row(name, reference, samples, failures, name if torch == "" else torch, result, wrt)


# The kinds of sample, as calls: what the op is given.


def smooth(*args: Any, gives: str | None = None, **params: Any) -> Sample:
    return Sample(args, params, "smooth", gives)


def edge(*args: Any, **params: Any) -> Sample:
    return Sample(args, params, "edge")


def value(*args: Any, **params: Any) -> Sample:
    return Sample(args, params, "value")


def typed(gives: str, *args: Any, **params: Any) -> Sample:
    return Sample(args, params, "typed", gives)


def fails(error: type[Exception], fragment: str, *args: Any, **params: Any) -> Failure:
    return Failure(error, fragment, args, params)


def not_in_torch(call: Any) -> Any:
    """The same, of which PyTorch thinks otherwise; say why where it is used."""
    return replace(call, in_torch=False)


def call_text(args: tuple[Any, ...], params: dict[str, Any]) -> str:
    """A call as a test id: arrays by kind and shape, with ' for those that are not laid out in rows."""
    return ",".join([text(a) for a in args] + [f"{k}={text(v)}" for k, v in params.items()])


def text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape)) or "0d"
        return f"{value.dtype.kind}{value.itemsize}[{shape}]" + "'" * (not value.flags.c_contiguous)
    if isinstance(value, (tuple, list)):
        return f"({' '.join(map(text, value))})"
    return str(value).replace("autograd.", "").replace("[", "(").replace("]", ")")


def real(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> np.ndarray:
    """Numbers that are all different and none of them near an integer, where many functions have a kink or a jump."""
    rng = np.random.default_rng([seed, *shape])
    count = math.prod(shape)
    spaced = low + (high - low) * (np.arange(count) + rng.uniform(0.2, 0.8, count)) / max(count, 1)
    near = np.abs(spaced - np.round(spaced)) < 0.03
    spaced = np.where(near, np.round(spaced) + 0.03 + 0.04 * rng.uniform(size=count), spaced)
    return rng.permutation(spaced).reshape(shape)


def gapped(x: np.ndarray) -> np.ndarray:
    """The same elements, spread out in memory: every second place of a larger array."""
    spread = np.zeros([2 * size for size in x.shape], x.dtype)
    view = spread[(slice(None, None, 2),) * x.ndim]
    view[...] = x
    return view


def integers(*values: Any, dtype: str = "int64") -> np.ndarray:
    return np.array(values, dtype)


def floats(*values: Any) -> np.ndarray:
    return np.array(values, "float64")


BOOLS = np.array([[True, False, True], [False, False, True]])
SPECIAL = floats(INF, -INF, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 30.0, -30.0)
NAN_AND_ONE = floats(NAN, 1.0)
WHOLE = ("int64", "int32", "uint8")


# Elementwise ops of one argument.


def unary(
    low: float = -2.0, high: float = 2.0, ints: str = "float32", bools: str = "float32", **params: Any
) -> list[Sample | Failure]:
    """Samples of an elementwise op that is smooth between ``low`` and ``high``.

    ints, bools: the dtype of the result of these; "same" as that of the argument, empty where PyTorch refuses them.
    """
    x = lambda *shape: real(*shape, low=low, high=high)
    calls: list[Sample | Failure] = [
        smooth(x(), **params),
        smooth(x(0, 3), **params),
        smooth(x(2, 3), **params),
        smooth(x(3, 2).T, **params),
        smooth(gapped(x(2, 3)), **params),
        smooth(np.flip(x(4)), **params),
        edge(SPECIAL, **params),
        value(NAN_AND_ONE, **params),
        fails(TypeError, "expected a Tensor", [1.0, 2.0], **params),
    ]
    if ints:
        calls += [typed(ints if ints != "same" else dtype, integers(0, 1, 3, dtype=dtype), **params) for dtype in WHOLE]
        calls += [typed(ints if ints != "same" else "int64", integers(-3, 2), **params)]
    if bools:
        calls += [typed(bools, BOOLS, **params)]
    return calls


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


for name, reference in (
    ("exp", np.exp), ("expm1", np.expm1), ("sin", np.sin), ("cos", np.cos), ("tanh", np.tanh), ("sigmoid", sigmoid),
):  # fmt: skip
    row(name, reference, *unary())
row("tan", np.tan, *unary(-1.2, 1.2))
for name, reference, low, high in (
    ("exp2", np.exp2, -2, 2), ("asin", np.arcsin, -0.9, 0.9), ("acos", np.arccos, -0.9, 0.9),
    ("atan", np.arctan, -2, 2),
    ("sinh", np.sinh, -2, 2), ("cosh", np.cosh, -2, 2), ("asinh", np.arcsinh, -2, 2), ("acosh", np.arccosh, 1.2, 3),
    ("atanh", np.arctanh, -0.9, 0.9), ("deg2rad", np.deg2rad, -2, 2),
    ("rad2deg", np.rad2deg, -2, 2),
):  # fmt: skip
    row(name, reference, *unary(low, high))
row(
    "sinc", np.sinc,
    *[c for c in unary(ints="", bools="") if c.args[0] is not NAN_AND_ONE],
    value(floats(NAN, 0.5)),
    typed("float32", integers(0, 1, 3)),
    typed("float32", BOOLS),
)  # fmt: skip
row("erf", lambda x: np.vectorize(math.erf, otypes=[float])(x), *unary(), typed("float16", np.ones(2, "float16")))
row("log", np.log, *unary(0.1, 3))
row("log1p", np.log1p, *unary(-0.8, 3))
row("log2", np.log2, *unary(0.1, 3))
row("log10", np.log10, *unary(0.1, 3))
row("sqrt", np.sqrt, *unary(0.1, 3))
row("rsqrt", lambda x: 1 / np.sqrt(x), *unary(0.1, 3))
row("reciprocal", lambda x: 1 / x, *unary(0.3, 3))
row("abs", np.abs, *unary(ints="same", bools=""), fails(NotImplementedError, "not implemented for bool", BOOLS))
row("sign", lambda x: x if x.dtype == bool else np.nan_to_num(np.sign(x)), *unary(ints="same", bools="bool"))
for name, reference in (("floor", np.floor), ("ceil", np.ceil), ("trunc", np.trunc)):
    row(
        name, reference,
        *unary(ints="same", bools=""),
        fails(NotImplementedError, "not implemented for bool", BOOLS),
    )  # fmt: skip
row(
    "frac", lambda x: x - np.trunc(x),
    *unary(ints="", bools=""),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2)),
)  # fmt: skip
row(
    "round", np.round,
    *unary(ints="same", bools=""),
    edge(floats(0.5, 1.5, 2.5, -0.5, -1.5)),
    smooth(floats(1.2345, -6.789), decimals=2),
    smooth(floats(123.4, -678.9), decimals=-2),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2), decimals=1),
)  # fmt: skip
row("zero", np.zeros_like, *unary(ints="same", bools="bool"), torch=None)
row("square", np.square, *unary(ints="same", bools="int64"))
row(
    "neg", np.negative,
    *unary(ints="same", bools=""),
    fails(RuntimeError, "on a bool tensor is not supported", BOOLS),
)  # fmt: skip
row(
    "positive", np.positive,
    *unary(ints="same", bools=""),
    fails(RuntimeError, "on a bool tensor is not supported", BOOLS),
)  # fmt: skip
row(
    "nan_to_num", lambda x, nan=0.0, posinf=None, neginf=None: np.nan_to_num(x, True, nan or 0.0, posinf, neginf),
    # The largest number of a dtype is not near that of another.
    *[c for c in unary(ints="same", bools="bool") if c.args[0] is not SPECIAL],
    *[typed(dtype, SPECIAL.astype(dtype)) for dtype in ("float16", "float32", "float64")],
    edge(SPECIAL, posinf=2.0, neginf=3.0),
    edge(floats(NAN, INF, -INF, 1.0), 0.5, 7.0, -7.0),
    value(NAN_AND_ONE, nan=None),
)  # fmt: skip
row("shifted", np.ldexp, smooth(real(2, 3), np.arange(3)), smooth(real(), np.array(-1)), torch=None)
for name, reference in (
    ("isnan", np.isnan), ("isinf", np.isinf), ("isfinite", np.isfinite), ("logical_not", np.logical_not),
    ("isposinf", np.isposinf), ("isneginf", np.isneginf), ("isreal", np.isreal), ("signbit", np.signbit),
):  # fmt: skip
    row(name, reference, *unary(ints="bool", bools="bool"), result="bool")
row(
    "bitwise_not", np.invert,
    typed("int64", integers(0, 5, -3)),
    typed("uint8", integers(0, 5, dtype="uint8")),
    typed("bool", BOOLS.T),
    typed("bool", np.array(True)),
    typed("int64", integers()),
    fails(NotImplementedError, "not implemented for float64", real(2)),
)  # fmt: skip


# Special functions.


def lgamma(x):
    return np.where(np.isinf(x), INF, scipy.special.gammaln(x))


def logit(x, eps=None):
    p = x if eps is None else np.clip(x, eps, 1 - eps)
    return np.log(p) - np.log(1 - p)


def valued(calls: list[Any]) -> list[Any]:
    """The same calls, but of edges the value only."""
    return [replace(call, kind="value") if isinstance(call, Sample) and call.kind == "edge" else call for call in calls]


HALF = typed("float16", np.full(2, 0.5, "float16"))
for name, reference, low, high in (
    ("erfc", lambda x: 1 - scipy.special.erf(x), -2, 2), ("erfinv", scipy.special.erfinv, -0.9, 0.9),
    ("i0", lambda x: scipy.special.iv(0, x), -2, 2),
):  # fmt: skip
    row(name, reference, *unary(low, high), HALF)
# PyTorch's trigamma, their next derivative, is good to 1e-9 only.
for name, reference in (("lgamma", lgamma), ("digamma", lambda x: scipy.special.polygamma(0, x))):
    calls = [not_in_torch(c) if isinstance(c, Sample) and c.kind == "smooth" else c for c in valued(unary(0.3, 4))]
    row(name, reference, *calls, HALF)
row(
    "logit", logit,
    *[c for c in unary(0.1, 0.9) if c.args[0] is not SPECIAL],
    edge(floats(0, 1, 0.5)),
    value(SPECIAL),
    smooth(real(2, 3, low=0.2, high=0.8), 0.1),
    edge(SPECIAL, eps=0.2),
)  # fmt: skip
for name, reference, low, high in (
    ("erfcx", scipy.special.erfcx, -2, 2), ("ndtr", scipy.special.ndtr, -2, 2),
    ("ndtri", scipy.special.ndtri, 0.1, 0.9), ("log_ndtr", scipy.special.log_ndtr, -2, 2),
    ("entr", scipy.special.entr, 0.1, 3), ("i0e", scipy.special.i0e, -2, 2),
    ("i1", lambda x: scipy.special.iv(1, x), -2, 2), ("i1e", scipy.special.i1e, -2, 2),
):  # fmt: skip
    calls = valued(unary(low, high)) if name == "log_ndtr" else unary(low, high)
    row(name, reference, *calls, not_in_torch(HALF), torch=f"special.{name}")
row(
    "psi", lambda x, n: scipy.special.polygamma(n, x),
    *[not_in_torch(smooth(real(2, 3, low=0.5, high=4), n)) for n in (0, 1)],
    *[smooth(real(2, 3, low=0.5, high=4), n) for n in (2, 3)],
    smooth(real(low=0.5), 2),
    typed("float32", integers(1, 2), 1),
    typed("float16", np.ones(2, "float16"), 2),
    fails(RuntimeError, "does not support negative n", real(2), -1),
    torch=lambda torch, x, n: torch.polygamma(n, x),
)  # fmt: skip
for name, reference in (
    ("bessel_j0", lambda x: scipy.special.jv(0, x)), ("bessel_j1", lambda x: scipy.special.jv(1, x)),
    ("bessel_y0", lambda x: scipy.special.yv(0, x)), ("bessel_y1", lambda x: scipy.special.yv(1, x)),
    ("modified_bessel_k0", lambda x: scipy.special.kv(0, x)), ("modified_bessel_k1", lambda x: scipy.special.kv(1, x)),
    ("scaled_modified_bessel_k0", lambda x: scipy.special.kve(0, x)),
    ("scaled_modified_bessel_k1", lambda x: scipy.special.kve(1, x)),
    ("spherical_bessel_j0", lambda x: np.sin(x) / x),
    ("airy_ai", lambda x: np.sqrt(x / 3) / np.pi * scipy.special.kv(1 / 3, 2 / 3 * x**1.5)),
):  # fmt: skip
    row(
        name, reference,
        smooth(real(low=0.1)),
        smooth(real(3, 2, low=0.1).T),
        smooth(real(0, 2)),
        value(NAN_AND_ONE),
        typed("float32", integers(1, 2)),
        not_in_torch(typed("float16", np.ones(2, "float16"))),
        torch=f"special.{name}",
    )  # fmt: skip


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


# Activations.

row(
    "relu", lambda x: np.maximum(x, x.dtype.type(0)),
    *unary(ints="same", bools=""),
    fails(RuntimeError, "Boolean inputs not supported", BOOLS),
)  # fmt: skip
REFUSE_INTEGERS = fails(NotImplementedError, "not implemented for int64", integers(1, 2))
row(
    "hardsigmoid", lambda x: np.clip(x / 6 + 0.5, 0, 1),
    *unary(low=-3.5, high=3.5, ints="", bools=""),
    edge(floats(3, -3)),
    # Its own has no second derivative, and a first with 1/6 in single precision.
    torch=lambda torch, x: torch.nn.functional.relu6(x + 3) / 6,
)  # fmt: skip
for name, reference in (
    ("hardswish", lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    ("mish", lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    ("hardshrink", lambda x, lambd=0.5: x * ~(np.abs(x) <= lambd)),
    ("softshrink", lambda x, lambd=0.5: x + np.where(x > lambd, -lambd, np.where(x < -lambd, lambd, -x))),
):
    parameters = [smooth(real(2, 3), lambd=1.1), smooth(real(2, 3), 0.2)] if name.endswith("shrink") else []
    row(
        name, reference,
        *unary(low=-3.5, high=3.5, ints="", bools=""),
        edge(floats(3, -3, 0.5, -0.5)),
        *parameters,
        REFUSE_INTEGERS,
        torch=f"nn.functional.{name}",
    )  # fmt: skip
row(
    "relu6", lambda x: np.clip(x, 0, 6),
    *unary(-2, 8, ints="same", bools=""),
    edge(floats(6, 0)),
    torch="nn.functional.relu6",
)  # fmt: skip
row(
    "celu", lambda x, alpha=1.0: np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha),
    *unary(ints="", bools=""),
    smooth(real(2, 3), alpha=0.5),
    smooth(real(2, 3), alpha=-2.0),
    fails(RuntimeError, "alpha cannot be 0", real(2), 0.0),
    REFUSE_INTEGERS,
    torch="nn.functional.celu",
)  # fmt: skip
row(
    "threshold", lambda x, threshold, value: np.where(x <= threshold, x.dtype.type(value), x),
    *unary(ints="same", bools="", threshold=0.5, value=7.0),
    smooth(real(2, 3), 0.1, -1),
)  # fmt: skip
row(
    "rectified", lambda x, w: np.where(x > 0, x, x * w),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(2, 3), real(seed=1)),
    smooth(real(2, 3, 2), real(3, 1, seed=1)),
    edge(SPECIAL[1:], np.full(9, 0.5)),
    torch=lambda torch, x, w: torch.where(x > 0, x, x * w),
)  # fmt: skip


def prelu(x, weight):
    return np.where(x > 0, x, x * weight.reshape((-1,) + (1,) * max(x.ndim - 2, 0) if weight.size > 1 else ()))


row(
    "prelu", prelu,
    smooth(real(2, 3), real(seed=1)),
    smooth(real(2, 3), real(1, seed=1)),
    smooth(real(), real(1, seed=1)),
    smooth(real(4), real(1, seed=1)),
    smooth(real(2, 3), real(3, seed=1)),
    smooth(real(2, 3, 2, 2), real(3, seed=1)),
    smooth(real(0, 3), real(3, seed=1)),
    fails(RuntimeError, "weight for each of the 3 channels", real(2, 3), real(2)),
    fails(RuntimeError, "weight for each", real(), real(2)),
    fails(RuntimeError, "dtype", real(2), real(1).astype("float32")),
    fails(NotImplementedError, "not implemented for", integers(1), integers(1)),
    fails(RuntimeError, "scalar or 1D", real(2, 3), real(3, 1)),
)  # fmt: skip
row(
    "rrelu", lambda x, lower=1 / 8, upper=1 / 3, training=False: np.where(x > 0, x, x * (lower + upper) / 2),
    *[c for c in unary(ints="", bools="") if not isinstance(c, Failure)],
    smooth(real(2, 3), 0.1, 0.5),
    smooth(real(2, 3), 0.25, 0.25, True),
    fails(RuntimeError, "less than or equal to the upper bound", real(2), 0.5, 0.1),
    torch="nn.functional.rrelu",
)  # fmt: skip


def glu(x, dim=-1):
    a, b = np.split(x, 2, dim)
    return a * sigmoid(b)


row(
    "nn.functional.glu", glu,
    smooth(real(4)),
    smooth(real(3, 4)),
    smooth(real(4, 3), 0),
    smooth(real(3, 4).T, dim=-2),
    smooth(real(0, 4)),
    smooth(real(3, 0)),
    fails(RuntimeError, "halving dimension must be even", real(3)),
    fails(RuntimeError, "does not support scalars", real()),
    fails(IndexError, "Dimension out of range", real(2), 1),
    fails(NotImplementedError, "not implemented for", integers(1, 2)),
)  # fmt: skip
for name, reference, ints in (
    ("logsigmoid", lambda x: -np.logaddexp(0, -x), ""),
    ("softsign", lambda x: x / (1 + np.abs(x)), "float32"),
    ("tanhshrink", lambda x: x - np.tanh(x * 1.0), "float32"),
):
    calls = [c for c in unary(ints=ints, bools="") if not isinstance(c, Failure)]
    row(f"nn.functional.{name}", reference, *calls)
row(
    "nn.functional.softmin",
    lambda x, dim=None, dtype=None: scipy.special.softmax(-(x if dtype is None else x.astype(dtype.dtype)), dim),
    smooth(real(3), 0),
    smooth(real(2, 3), -1),
    smooth(real(2, 3, 2), dim=1),
    smooth(real(2, 3).astype("float32"), dim=1, dtype=autograd.float64),
    typed("float64", integers(1, 2, 3), dim=0, dtype=autograd.float64),
)  # fmt: skip
row(
    "relu_slope", lambda g, out: g * (out > 0),
    smooth(real(), real(seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(0, 3), real(0, 3)),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1))),
    torch=lambda torch, g, out: g * (out > 0),
    wrt=(0,),
)  # fmt: skip
row(
    "leaky_relu", lambda x, negative_slope=0.01: np.maximum(x, 0) + negative_slope * np.minimum(x, 0),
    *unary(ints="", bools=""),
    smooth(real(2, 3), negative_slope=0.3),
    smooth(real(2, 3), 0.3),
    REFUSE_INTEGERS,
    torch="nn.functional.leaky_relu",
)  # fmt: skip
row(
    "elu", lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
    *unary(ints="", bools=""),
    smooth(real(2, 3), alpha=0.3),
    REFUSE_INTEGERS,
    torch="nn.functional.elu",
)  # fmt: skip
row(
    "selu",
    lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    *unary(ints="", bools=""),
)


def gelu(x, approximate="none"):
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return x * scipy.special.ndtr(x)


row(
    "gelu", gelu,
    *[c for c in unary(ints="", bools="") if c.args[0] is not SPECIAL],
    edge(SPECIAL[1:]),
    not_in_torch(value(floats(INF))),  # NaN there, in float32 only
    smooth(real(2, 3), approximate="tanh"),
    edge(SPECIAL[2:], approximate="tanh"),
    value(SPECIAL, approximate="tanh"),
    fails(RuntimeError, "approximate argument must be either none or tanh", real(2), approximate="no"),
    torch="nn.functional.gelu",
)  # fmt: skip
row("silu", lambda x: x * sigmoid(x), *unary(ints="", bools=""), torch="nn.functional.silu")
row(
    "softplus", lambda x, beta=1.0, threshold=20.0: np.where(x * beta > threshold, x, np.logaddexp(0, x * beta) / beta),
    *unary(ints="", bools=""),
    smooth(real(2, 3), beta=3.0),
    smooth(floats(-1.2, 0.3, 0.4, 3.3), beta=2.0, threshold=0.7),
    torch="nn.functional.softplus",
)  # fmt: skip
row(
    "hardtanh", lambda x, min_val=-1.0, max_val=1.0: np.clip(x, min_val, max_val),
    *unary(ints="", bools=""),
    smooth(real(2, 3), min_val=-0.5, max_val=1.5),
    typed("int64", integers(-2, 0, 2)),
    fails(ValueError, "min_val cannot be greater", real(2), 2.0, 1.0),
    torch="nn.functional.hardtanh",
)  # fmt: skip


# Elementwise ops of two arguments.

SPECIAL_X = np.repeat(floats(NAN, INF, -INF, 0.0, -0.0, 1.0, 2.0, -1.5), 8)
SPECIAL_Y = np.tile(floats(NAN, INF, -INF, 0.0, -0.0, 1.0, 2.0, -1.5), 8)


def binary(
    low: float = -2.0, high: float = 2.0, ints: str = "same", floating: str = "same", numbers: bool = True
) -> list[Sample | Failure]:
    """Samples of an elementwise op of two numbers between ``low`` and ``high``; ``numbers``: one may be a Python one.

    ints, floating: the dtype of the result of integers and of floats, if it isn't that of the arguments; ints empty
    where PyTorch refuses them.
    """
    x = lambda *shape: real(*shape, low=low, high=high)
    y = lambda *shape: real(*shape, low=low, high=high, seed=1)
    gives = lambda dtype: (ints if dtype.startswith("int") else floating).replace("same", dtype)
    single = real(3, low=1.1, high=2).astype("float32")
    calls = [
        smooth(x(), y()),
        smooth(x(2, 3), y(2, 3)),
        smooth(x(2, 3), y(3)),
        smooth(x(3), y(2, 1)),
        smooth(x(2, 1), y(1, 3)),
        smooth(x(2, 1, 2), y(3, 1)),
        smooth(x(), y(2)),
        smooth(x(2, 2), y()),
        smooth(x(0, 3), y(1, 3)),
        smooth(x(1), y(0)),
        smooth(x(3, 2).T, y(2, 3)),
        smooth(gapped(x(2, 3)), np.flip(y(2, 3), 1)),
        edge(SPECIAL_X, SPECIAL_Y),
        typed(gives("int64"), integers(3, 4, 7), integers(1, 4, 2)),
        typed(gives("int32"), integers(3, 4, 7, dtype="int32"), np.array(2, "int32")),
        typed(gives("int32"), integers(3, 4, 7, dtype="int32"), np.array(2, "int64")),
        typed(gives("int64"), integers(3, 4, 7, dtype="uint8"), integers(2, 3, 1)),
        typed(gives("int64"), BOOLS, integers(2, 3, 1)),
        typed(gives("float64"), integers(3, 4, 7), floats(1.2, 0.7, 3.1)),
        typed(gives("float32"), single, np.array(1.3)),
        typed(gives("float32"), single, np.array(2)),
        typed(gives("float64"), single, floats(1.2, 0.7, 1.9)),
        fails(RuntimeError, "must match the size", real(2, 3), real(2, 4)),
        fails(TypeError, "expected a Tensor", real(2), [1.0, 2.0]),
    ]
    if numbers:
        calls += [
            smooth(x(2, 3), 1.7),
            smooth(1.7, y(2, 3)),
            smooth(x(2), 2),
            smooth(x(), 0.5),
            typed(gives("int64"), integers(3, 4, 7), 2),
            typed(gives("int32"), 2, integers(3, 4, 7, dtype="int32")),
            typed(gives("float32"), integers(3, 4, 7), 1.5),
            typed(gives("float32"), np.array(3), 1.5),
            typed(gives("int64"), BOOLS, 2),
        ]
    return [call for call in calls if isinstance(call, Failure) or call.gives != ""]


def infix(function: Callable[..., Any]) -> Callable[..., Any]:
    """An operator as ``torch=``: it takes numbers on either side, which PyTorch's function of the same name may not."""
    return lambda torch, x, y: function(x, y)


def tensor_first(name: str, **params: Any) -> Callable[..., Any]:
    """A function of PyTorch that takes no number in the first place: a 0-d Tensor of double precision does as well."""

    def call(torch: Any, x: Any, y: Any) -> Any:
        x = torch.tensor(x, dtype=torch.float64) if isinstance(x, float) else torch.as_tensor(x)
        return getattr(torch, name)(x, y, **params)

    return call


def composed(calls: list[Any]) -> list[Any]:
    """The calls without those that fail: what their messages say is up to the ops that a function is composed of."""
    return [call for call in calls if isinstance(call, Sample)]


def alike(calls: list[Any]) -> list[Any]:
    """The same calls; those on two dtypes are not for PyTorch."""
    kinds = lambda call: {x.dtype for x in call.args if isinstance(x, np.ndarray)}
    return [not_in_torch(call) if isinstance(call, Sample) and len(kinds(call)) > 1 else call for call in calls]


def ordinary(calls: list[Any]) -> list[Any]:
    """The calls but for that on infinities."""
    return [call for call in calls if call.args[0] is not SPECIAL_X]


def rsub(torch: Any, x: Any, y: Any, alpha: Any = 1) -> Any:
    return y - alpha * x


HALVES = typed("float16", np.full(2, 0.5, "float16"), np.full(2, 0.5, "float16"))

row(
    "add", np.add,
    *binary(),
    typed("bool", BOOLS, BOOLS[0]),
    torch=infix(operator.add),
)  # fmt: skip
row(
    "sub", np.subtract,
    # PyTorch refuses to subtract from a bool Tensor whatever is subtracted.
    *[not_in_torch(c) if c.args[0] is BOOLS else c for c in binary()],
    fails(RuntimeError, "two bool tensors is not supported", BOOLS, BOOLS),
    torch=infix(operator.sub),
)  # fmt: skip
row("mul", np.multiply, *binary(), typed("bool", BOOLS, BOOLS[0]), torch=infix(operator.mul))
row(
    "div", np.divide,
    *binary(0.3, 2.0, ints="float32"),
    typed("float32", integers(1, -1, 0), integers(0, 0, 0)),
    typed("float32", BOOLS, BOOLS),
    torch=infix(operator.truediv),
)  # fmt: skip
row(
    "floor_divide", np.floor_divide,
    *binary(0.3, 2.0),
    typed("int64", integers(7, -7, 7, -7), integers(2, 2, -2, -2)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), integers(1, 0)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), 0),
    torch=tensor_first("div", rounding_mode="floor"),
)  # fmt: skip
row(
    "remainder", np.remainder,
    *binary(0.3, 2.0),
    smooth(floats(-3.3, 3.3, -3.3, 3.3), floats(2.0, 2.0, -2.0, -2.0)),
    typed("int64", integers(7, -7, 7, -7), integers(2, 2, -2, -2)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), integers(1, 0)),
    torch=tensor_first("remainder"),
)  # fmt: skip
row(
    "fmod", np.fmod,
    *binary(0.3, 2.0),
    smooth(floats(-3.3, 3.3, -3.3, 3.3), floats(2.0, 2.0, -2.0, -2.0)),
    typed("int64", integers(7, -7, 7, -7), integers(2, 2, -2, -2)),
    fails(RuntimeError, "ZeroDivisionError", integers(1, 2), integers(1, 0)),
    fails(NotImplementedError, "not implemented for bool", BOOLS, BOOLS),
    torch=tensor_first("fmod"),
)  # fmt: skip


def power(x, y):
    if np.result_type(x, y).kind == "i":
        return np.trunc(np.float64(x) ** y).astype(np.result_type(x, y))
    return np.power(x, y)


row(
    "pow", power,
    *binary(0.3, 2.0),
    *[smooth(real(2, 3), number) for number in (3, 0, 1, -2)],
    smooth(real(2, 3, low=0.3), 0.5),
    smooth(real(2, 3), 2.0),
    *[edge(SPECIAL, number) for number in (0, 1, 2, 3, -1)],
    value(SPECIAL, 0.5),  # its slope is that of sqrt in PyTorch, another one at -inf and -0
    not_in_torch(value(SPECIAL, -0.5)),  # 1/sqrt there, another number at -inf and -0
    *[edge(number, SPECIAL) for number in (0.0, 1.0, 2.0)],
    typed("int64", integers(2, -3), integers(3, 2)),
    typed("bool", BOOLS, True),
    typed("int64", integers(1, -1, -1, 2, -3, 2), integers(-1, -3, -2, -1, -2, 3)),
    typed("int64", 2, integers(-1, 3)),
    typed("int64", integers(1, 2), np.array(-1)),
    fails(RuntimeError, "negative integer powers", integers(1, 2), -1),
    torch=infix(operator.pow),
)  # fmt: skip
# Where the dtypes differ, PyTorch computes half of the derivative in the smaller one.
row("atan2", np.arctan2, *alike(binary(ints="float32", numbers=False)), typed("float32", BOOLS, BOOLS))
for name, reference in (("hypot", np.hypot), ("logaddexp", np.logaddexp), ("logaddexp2", np.logaddexp2)):
    row(
        name, reference,
        *binary(ints="", numbers=False),
        fails(NotImplementedError, "not implemented for int64", integers(1, 2), integers(1, 2)),
    )  # fmt: skip
row("copysign", np.copysign, *binary(ints="float32"), typed("float32", BOOLS, BOOLS), torch=tensor_first("copysign"))
row(
    "nextafter", np.nextafter,
    *ordinary(binary(ints="", numbers=False)),
    *[typed(dtype, SPECIAL_X.astype(dtype), SPECIAL_Y.astype(dtype)) for dtype in ("float32", "float64")],
)  # fmt: skip
for name, reference in (("fmax", np.fmax), ("fmin", np.fmin)):
    row(
        name, reference,
        *binary(numbers=False),
        edge(floats(1.0, 2.0, 3.0, -1.0), floats(1.0, 3.0, 3.0, -1.0)),
        typed("bool", BOOLS, BOOLS[0]),
    )  # fmt: skip
row("xlogy", scipy.special.xlogy, *binary(0.3, 2.0, ints="float32"), typed("float32", BOOLS, BOOLS), HALVES)
row(
    "xlog1py", scipy.special.xlog1py,
    *binary(0.3, 2.0, ints="float32"),
    typed("float32", BOOLS, BOOLS),
    HALVES,
    torch="special.xlog1py",
)  # fmt: skip
for name, reference in (("igamma", scipy.special.gammainc), ("igammac", scipy.special.gammaincc)):
    row(
        name, reference,
        *alike(ordinary(binary(0.5, 3.0, ints="", numbers=False))),
        HALVES,
        fails(NotImplementedError, "not implemented for int64", integers(1, 2), integers(1, 2)),
        wrt=(1,),
    )  # fmt: skip
row(
    "zeta", scipy.special.zeta,
    *alike(ordinary(binary(1.3, 4.0, ints="float32", numbers=False))),
    value(2.0, real(3, low=1, high=4)),
    value(real(3, low=1.2, high=4), 2),
    not_in_torch(HALVES),
    torch="special.zeta",
    wrt=(1,),
)  # fmt: skip
row(
    "heaviside", lambda x, values: np.where(x == 0, values, x > 0).astype(x.dtype),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(2, 1), real(3, seed=1)),
    smooth(real(), real(seed=1)),
    smooth(SPECIAL, np.array(0.5)),
    smooth(floats(NAN, 1.0), np.array(0.5)),
    typed("int64", integers(-1, 0, 2), integers(7, 7, 7)),
    typed("bool", BOOLS, BOOLS[0]),
    fails(RuntimeError, "one dtype", real(2), integers(1, 2)),
    fails(TypeError, "two Tensors", real(2), 0.5),
)  # fmt: skip
row(
    "isclose", np.isclose,
    smooth(floats(1, 2, 3), floats(1, 2 + 1e-6, 3.1)),
    smooth(floats(1, 2, 3), floats(1, 2.1, 3.1), rtol=0.04),
    smooth(floats(1, 2, 3), floats(1, 2.1, 3.2), 0, 0.15),
    smooth(SPECIAL_X, SPECIAL_Y),
    smooth(SPECIAL_X, SPECIAL_Y, equal_nan=True),
    smooth(real(2, 1), real(3)),
    typed("bool", integers(1, 2), integers(1, 3)),
    typed("bool", BOOLS, BOOLS[0]),
    fails(RuntimeError, "one dtype", real(2), integers(1, 2)),
    fails(RuntimeError, "greater than or equal to zero", real(2), real(2), -1.0),
    fails(TypeError, "two Tensors", real(2), 0.5),
    result="bool",
)  # fmt: skip
row(
    "lerp", lambda x, end, weight: x * (1 - weight) + end * weight,
    smooth(real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)),
    smooth(real(2, 3), real(3, seed=1), real(2, 1, seed=2)),
    smooth(real(), real(seed=1), real(seed=2)),
    smooth(real(2, 3), real(2, 3, seed=1), 0.3),
    smooth(real(2, 3), real(2, 3, seed=1), 0.7),
    smooth(real(0), real(0), 2),
    fails(NotImplementedError, "not implemented for int64", integers(1, 2), integers(1, 2), 1),
)  # fmt: skip
row(
    "rsub", lambda x, y, alpha=1: y - alpha * x, *composed(binary()), smooth(real(2), real(3, 1), alpha=0.5), torch=rsub
)
for name, quotient in (("addcmul", operator.mul), ("addcdiv", operator.truediv)):
    row(
        name, lambda x, y, z, value=1, quotient=quotient: x + value * quotient(y, z),
        smooth(real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)),
        smooth(real(2, 3), real(3, seed=1), real(2, 1, seed=2), value=0.5),
        smooth(real(), real(2, seed=1), real(seed=2), value=-2),
        smooth(real(0, 2), real(1, 2), real(2)),
        typed("float64", real(2).astype("float32"), floats(1.5, 2.5), floats(3, 4)),
    )  # fmt: skip
row(
    "float_power", lambda x, y: np.float64(x) ** y,
    *composed(binary(0.3, 2.0, ints="float64", floating="float64")),
    typed("float64", BOOLS, BOOLS),
    result="float64",
)  # fmt: skip
row(
    "ldexp", lambda x, y: x * 2.0**y,
    smooth(real(2, 3), real(3, seed=1)),
    smooth(real(), real(seed=1)),
    typed("float32", integers(1, 2), integers(3, -1)),
    typed("float32", real(2).astype("float32"), integers(3, 1)),
    typed("float64", real(2), integers(3, 1)),
)  # fmt: skip
row(
    "frexp", np.frexp,
    smooth(real(2, 3)),
    smooth(real()),
    smooth(real(3, 2).T),
    smooth(real(0)),
    value(SPECIAL),
    typed("float64", floats(1e-310, 1e300)),
    value(NAN_AND_ONE),
    fails(RuntimeError, "only supports floating-point", integers(1, 2)),
)  # fmt: skip
row(
    "polygamma", lambda n, x: scipy.special.polygamma(n, x),
    smooth(2, real(3, low=0.5, high=3)),
    not_in_torch(smooth(0, real(low=0.5, high=3))),  # see lgamma
)  # fmt: skip
row(
    "mvlgamma", lambda x, p: np.vectorize(lambda x: scipy.special.multigammaln(x, p))(x),
    smooth(real(2, 3, low=2.1, high=5), 3),
    smooth(real(low=2.1, high=5), p=1),
    typed("float32", integers(3, 4), 2),
    fails(RuntimeError, "greater than or equal to 1", real(2), 0),
)  # fmt: skip
row(
    "fill", lambda x, value: np.full_like(x, value),
    smooth(real(2, 3), 1.5),
    smooth(real(2, 3), real(seed=1)),
    smooth(real(), real(seed=1)),
    smooth(real(0), -0.0),
    typed("int64", integers(1, 2), 1.5),
    typed("bool", BOOLS, 2),
    typed("float32", real(2).astype("float32"), real()),
    fails(RuntimeError, "0-dimensional value", real(2), real(2)),
)  # fmt: skip
for name, reference in (("maximum", np.maximum), ("minimum", np.minimum)):
    row(
        name, reference,
        *binary(numbers=False),
        edge(floats(1.0, 2.0, 3.0, -1.0), floats(1.0, 3.0, 3.0, -1.0)),
        typed("bool", BOOLS, BOOLS[0]),
    )  # fmt: skip
for name, reference in (
    ("eq", np.equal), ("ne", np.not_equal), ("lt", np.less), ("le", np.less_equal), ("gt", np.greater),
    ("ge", np.greater_equal),
):  # fmt: skip
    row(
        name, reference,
        *binary(ints="bool", floating="bool"),
        edge(floats(1.0, 2.0, 3.0), floats(1.0, 3.0, 2.0)),
        typed("bool", BOOLS, BOOLS[0]),
        torch=tensor_first(name),
        result="bool",
    )  # fmt: skip
for name, reference in (
    ("logical_and", np.logical_and), ("logical_or", np.logical_or), ("logical_xor", np.logical_xor),
):  # fmt: skip
    row(
        name, reference,
        *binary(ints="bool", floating="bool", numbers=False),
        typed("bool", BOOLS, BOOLS[0]),
        result="bool",
    )  # fmt: skip
for name, reference, symbol in (
    ("bitwise_and", np.bitwise_and, operator.and_), ("bitwise_or", np.bitwise_or, operator.or_),
    ("bitwise_xor", np.bitwise_xor, operator.xor), ("bitwise_left_shift", np.left_shift, operator.lshift),
    ("bitwise_right_shift", np.right_shift, operator.rshift), ("gcd", np.gcd, None), ("lcm", np.lcm, None),
):  # fmt: skip
    of_bools = [typed("bool", BOOLS, BOOLS[1]), typed("bool", BOOLS.T, BOOLS[1][:2])]
    of_bools += [typed("bool", np.array(True), np.array(False))]
    refused = [replace(fails(NotImplementedError, "not implemented for bool", BOOLS, BOOLS))]
    with_numbers = [
        typed("int64", integers(1, 2, 5), 3),
        typed("int64", 3, integers(1, 2, 5)),
        typed("int64", BOOLS, 3),
    ]
    row(
        name, reference,
        *(of_bools if name in ("bitwise_and", "bitwise_or", "bitwise_xor") else refused),
        typed("int64", integers(1, 2, 5), integers(3, 3, 4)),
        typed("int64", integers(1, -2, 5), integers(3, 3, 70)),
        typed("int64", integers(1, 2, 5), integers(3, 3, 4, dtype="uint8")),
        *(with_numbers if symbol else []),
        typed("int64", integers(), integers()),
        fails(NotImplementedError, "not implemented for float64", real(2), real(2)),
        fails(RuntimeError, "must match the size", integers(1, 2), integers(1, 2, 3)),
        torch=infix(symbol) if symbol else name,
    )  # fmt: skip
row(
    "where", np.where,
    smooth(BOOLS, real(2, 3), real(2, 3, seed=1)),
    smooth(BOOLS[0], real(2, 1), real(3, seed=1)),
    smooth(BOOLS.T, real(), real(2, seed=1)),
    smooth(np.array(True), real(), real(seed=1)),
    smooth(BOOLS[0], real(0, 3), real()),
    smooth(gapped(BOOLS), real(3, 2).T, real(2, 3, seed=1)),
    smooth(BOOLS, real(2, 3), 0.5),
    smooth(BOOLS, 0.5, real(3)),
    edge(np.arange(10) % 2 == 0, SPECIAL, -SPECIAL),
    typed("float32", BOOLS, 1.0, 2.0),
    typed("int64", BOOLS, 1, 2),
    typed("int64", BOOLS, integers(1, 2, 3), integers(4, 5, 6)),
    typed("float32", BOOLS, integers(1, 2, 3), 0.5),
    typed("float64", BOOLS, real(3).astype("float32"), real(3)),
    typed("float32", BOOLS, real(3).astype("float32"), real()),
    fails(RuntimeError, "must match the size", BOOLS, real(2), real(2)),
    fails(RuntimeError, "bool", real(2), real(2), real(2)),
    fails(RuntimeError, "bool", integers(0, 1), real(2), real(2)),
)  # fmt: skip


def clamp(x, min=None, max=None):
    x = x if min is None else np.maximum(x, min)
    return x if max is None else np.minimum(x, max)


def one_bound() -> list[Sample | Failure]:
    return [
        smooth(real(2, 3), 0.4),
        smooth(real(), -1),
        smooth(real(2, 3), real(3, seed=1)),
        smooth(real(3, 2).T, real(2, 1, seed=1)),
        edge(SPECIAL, 0.5),
        edge(floats(1, 2, 3), floats(1, 1, 4)),
        typed("int64", integers(1, 5), 2),
        typed("float32", integers(1, 5), 2.5),
    ]


row(
    "clamp", clamp,
    smooth(real(), -0.5, 0.5),
    smooth(real(2, 3), -0.5, 0.5),
    smooth(real(2, 3), min=0.5),
    smooth(real(3, 2).T, max=0.5),
    smooth(gapped(real(2, 3)), 1, -1),
    smooth(real(0, 2), 0, 1),
    smooth(real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)),
    smooth(real(2, 3), real(3, seed=1)),
    smooth(real(2, 3), max=real(2, 1, seed=1)),
    not_in_torch(smooth(real(3), real(2, 1, seed=1), real(seed=2))),  # its gradient raises an error there
    edge(SPECIAL, -1, 1),
    edge(SPECIAL, min=0),
    edge(SPECIAL, max=0.5),
    edge(floats(1, 2, 3, 2, 2), floats(1, 1, 1, 3, 2), floats(2, 2, 2, 1, 2)),
    edge(floats(1, 2, 3), min=floats(1, 1, 4)),
    edge(floats(1, 2, 3), max=floats(1, 1, 4)),
    typed("int64", integers(1, 5, 9), 2, 7),
    typed("float32", integers(1, 5, 9), 2.5, 7),
    typed("int64", integers(1, 5, 9), integers(2, 2, 2, dtype="int32"), integers(7, 7, 7, dtype="int32")),
    typed("float64", real(3).astype("float32"), floats(0.1, 0.1, 0.1)),
    typed("float32", real(3).astype("float32"), np.array(0.1)),
    fails(RuntimeError, "At least one of", real(2)),
    fails(RuntimeError, "must match the size", real(2), real(3)),
)  # fmt: skip
row("clamp_min", np.maximum, *one_bound(), torch="clamp_min")
row("clamp_max", np.minimum, *one_bound(), torch="clamp_max")


# Reductions.


def reductions(dims: bool = True) -> list[Sample]:
    """Samples of an op that reduces over ``dim``; ``dims``, whether over several at once too."""
    calls = [
        smooth(real()),
        smooth(real(2, 3)),
        smooth(real(2, 3), dim=0),
        smooth(real(2, 3), 1, True) if dims else smooth(real(2, 3), 1, keepdim=True),
        smooth(real(3, 2).T, dim=-1),
        smooth(gapped(real(2, 3)), dim=0, keepdim=True),
        smooth(np.flip(real(2, 2, 2), 1), dim=1),
        smooth(real(0, 3), dim=1),
        smooth(real(), dim=0),
        smooth(real(), dim=-1, keepdim=True),
    ]
    if dims:
        calls += [
            smooth(real(2, 3, 2), dim=(0, 2)),
            smooth(real(2, 3, 2), dim=(-1, 0), keepdim=True),
            smooth(real(2, 3), dim=[1]),
        ]
    return calls


# PyTorch sums over all dimensions for (), but all() and logsumexp() leave everything as it is there.
NO_DIMS = smooth(real(2, 3), dim=())


OUT_OF_RANGE = [
    fails(IndexError, "Dimension out of range", real(2, 3), dim=2),
    fails(IndexError, "Dimension out of range", real(2, 3), dim=-3),
    fails(IndexError, "Dimension out of range", real(), dim=1),
]
REPEATED = fails(RuntimeError, "appears multiple times", real(2, 3), dim=(0, -2))
SPECIAL_ROWS = floats([1.0, NAN, 2.0], [INF, 1.0, 2.0], [-INF, INF, 0.0], [-INF, -INF, -INF], [0.0, -0.0, 0.0])
THOUSANDS = np.round(real(2, 3) * 64) / 64 + 1000  # numbers that float32 can hold without rounding
TIED_ROWS = floats([1.0, 3.0, 3.0], [2.0, 2.0, 2.0], [-1.0, 5.0, -1.0])


def tuple_axis(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction of NumPy under PyTorch's names of its parameters."""

    def call(x, dim=None, keepdim=False, **params):
        axis = tuple(dim) if isinstance(dim, (list, tuple)) else dim
        if x.ndim == 0 or axis == ():
            axis = None
        return function(x, axis=axis, keepdims=keepdim, **params)

    return call


row(
    "sum", tuple_axis(np.sum),
    *reductions(),
    NO_DIMS,
    smooth(real(0)),
    smooth(real(0, 3), dim=0),
    edge(SPECIAL_ROWS, dim=1),
    edge(SPECIAL),
    typed("int64", integers([1, 2], [3, 4], dtype="int32"), dim=0),
    typed("int64", integers(200, 100, dtype="uint8")),
    typed("int64", BOOLS),
    typed("float64", integers(1, 2), dtype=autograd.float64),
    typed("float64", real(3).astype("float32"), dtype=autograd.float64),
    typed("float32", real(3), dtype=autograd.float32),
    *OUT_OF_RANGE, REPEATED,
)  # fmt: skip
row(
    "mean", lambda x, *args, dtype=None, **params: tuple_axis(np.mean)(in_dtype(x, dtype), *args, **params),
    *reductions(),
    NO_DIMS,
    edge(real(0)),
    edge(real(0, 3), dim=0),
    edge(SPECIAL_ROWS, dim=1),
    *OUT_OF_RANGE, REPEATED,
    fails(RuntimeError, "could not infer output dtype", integers(1, 2)),
    fails(RuntimeError, "could not infer output dtype", BOOLS),
    typed("float64", integers(1, 2), dtype=autograd.float64),
)  # fmt: skip
for name, reference in (("amax", np.max), ("amin", np.min)):
    row(
        name, tuple_axis(reference),
        *reductions(),
        NO_DIMS,
        edge(TIED_ROWS),
        edge(TIED_ROWS, dim=1),
        edge(TIED_ROWS, dim=(0, 1), keepdim=True),
        edge(SPECIAL_ROWS, dim=1),
        typed("int32", integers([1, 5], [7, 2], dtype="int32"), dim=1),
        typed("bool", BOOLS, dim=1),
        *OUT_OF_RANGE, REPEATED,
        fails(IndexError, "to have non-zero size", real(0, 3), dim=0),
        fails(RuntimeError, "to have non-zero size", real(0)),
    )  # fmt: skip
for name, reference in (("argmax", np.argmax), ("argmin", np.argmin)):
    row(
        name, tuple_axis(reference),
        *reductions(dims=False),
        edge(TIED_ROWS),
        edge(TIED_ROWS, dim=1),
        edge(TIED_ROWS, dim=0, keepdim=True),
        edge(SPECIAL_ROWS, dim=1),
        typed("int64", integers([1, 5], [7, 2], dtype="int32"), dim=1),
        *OUT_OF_RANGE,
        fails(IndexError, "to have non-zero size", real(0, 3), dim=0),
        fails(IndexError, "to have non-zero size", real(0)),
        result="int64",
    )  # fmt: skip
for name, reference in (("all", np.all), ("any", np.any)):
    row(
        name, tuple_axis(reference),
        *reductions(),
        edge(SPECIAL_ROWS, dim=1),
        typed("bool", BOOLS),
        typed("bool", BOOLS, dim=1),
        typed("bool", BOOLS.T, dim=(0, 1), keepdim=True),
        typed("bool", integers([0, 1], [0, 0]), dim=0),
        typed("bool", np.zeros((0, 3), bool), dim=0),
        typed("uint8", integers([0, 1], [0, 0], dtype="uint8"), dim=1),
        *OUT_OF_RANGE, REPEATED,
        result="bool",
    )  # fmt: skip
for name, reference in (("var", np.var), ("std", np.std)):
    row(
        name, lambda x, *args, correction=1, reference=reference, **params: tuple_axis(reference)(
            x, *args, ddof=correction, **params
        ),
        *[s for s in reductions() if s.args[0].ndim and s.args[1:] == ()],
        smooth(real(2, 3), correction=0),
        smooth(real(3, 2), dim=0, correction=0, keepdim=True),
        smooth(real(4), correction=2),
        smooth(real(2, 4), 1, correction=3),
        edge(real()),
        edge(real(2, 1), dim=1),
        edge(real(0)),
        edge(SPECIAL_ROWS, dim=1),
        *OUT_OF_RANGE, REPEATED,
        fails(RuntimeError, "float", integers(1, 2)),
    )  # fmt: skip
row(
    "logsumexp", tuple_axis(np.logaddexp.reduce),
    *[s for s in reductions() if ("dim" in s.params or s.args[1:]) and s.args[0].ndim],
    smooth(real(), 0),
    not_in_torch(smooth(real(), dim=0, keepdim=True)),  # RuntimeError there
    smooth(floats(1000.0, 1000.5, 999.0), dim=0),
    smooth(THOUSANDS, dim=1),
    smooth(-THOUSANDS, dim=0),
    edge(real(0, 3), dim=0),
    edge(SPECIAL_ROWS, dim=1),
    typed("float32", integers([1, 2], [3, 4]), dim=0),
    *OUT_OF_RANGE, REPEATED,
    fails(TypeError, "missing", real(2)),
)  # fmt: skip
row(
    "sum_to_size", lambda x, *size: sum_to(x, sizes(size)),
    smooth(real(2, 3), (1, 3)),
    smooth(real(2, 3), 2, 1),
    smooth(real(2, 3), (3,)),
    smooth(real(2, 3), ()),
    smooth(real(2, 3), (2, 3)),
    smooth(real(3, 2).T, (1, 1)),
    smooth(gapped(real(2, 3, 2)), (3, 1)),
    smooth(real(0, 3), (1, 3)),
    smooth(real(2, 0), (2, 1)),
    smooth(real(), ()),
    typed("int64", integers([1, 2], dtype="uint8"), (2,)),
    typed("uint8", integers([1, 2], dtype="uint8"), (1, 2)),
    fails(RuntimeError, "not expandable", real(2, 3), (2, 2)),
    fails(RuntimeError, "not expandable", real(3), (1, 3)),
    torch=lambda torch, x, *size: x.sum_to_size(*size),
)  # fmt: skip


def sizes(given: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes of a call as ``f(x, 2, 3)`` or ``f(x, (2, 3))``."""
    return tuple(given[0]) if len(given) == 1 and isinstance(given[0], (tuple, list)) else given


def sum_to(x: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """The adjoint of broadcasting ``size`` to the shape of ``x``."""
    return adjoint(lambda y: np.broadcast_to(y, x.shape), size, x)


def adjoint(function: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...], g: np.ndarray) -> np.ndarray:
    """The adjoint of a linear function of an array of ``shape``, applied to ``g``: its definition, unit by unit."""
    out = np.zeros(shape, g.dtype)
    for place in np.ndindex(*shape):
        unit = np.zeros(shape, g.dtype)
        unit[place] = 1
        out[place] = np.sum(function(unit) * g)
    return out


def torch_adjoint(torch: Any, function: Callable[[Any], Any], shape: tuple[int, ...], g: Any) -> Any:
    """The same in PyTorch, as the gradient of ``function``."""
    at = torch.zeros(shape, dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(function(at), at, g, create_graph=True)[0]


row(
    "prod", tuple_axis(np.prod),
    *reductions(dims=False),
    smooth(real(0)),
    smooth(real(0, 3), dim=0),
    smooth(floats([0.0, 1.5, 2.5], [0.0, 0.0, 0.5]), dim=1),
    smooth(floats(0.0, 1.5, 0.0)),
    value(SPECIAL_ROWS, dim=1),
    typed("int64", integers([1, 2], [3, 4], dtype="int32"), dim=0),
    typed("int64", BOOLS),
    typed("float64", integers(1, 2), dtype=autograd.float64),
    typed("int32", integers(1, 2), dtype=autograd.int32),
    *OUT_OF_RANGE,
    fails(TypeError, "dim", real(2, 3), dim=(0, 1)),
)  # fmt: skip
row(
    "count_nonzero", lambda x, dim=None: np.asarray(np.count_nonzero(x, tuple_of(dim) if x.ndim else None)),
    *[s for s in reductions() if not s.params.get("keepdim") and len(s.args) == 1],
    edge(SPECIAL_ROWS, dim=1),
    typed("int64", BOOLS, dim=0),
    typed("int64", integers(0, 3)),
    *OUT_OF_RANGE, REPEATED,
    result="int64",
)  # fmt: skip


def in_dtype(x: np.ndarray, dtype: Any) -> np.ndarray:
    return x if dtype is None else x.astype(dtype.dtype)


def tuple_of(dim: Any) -> Any:
    return tuple(dim) if isinstance(dim, list) else dim


def norms(x, ord=2, dim=None, keepdim=False):
    over = {"axis": tuple_of(dim) if x.ndim else None, "keepdims": keepdim}
    if ord == 0:
        return np.sum(x != 0, **over, dtype=x.dtype)
    if np.isinf(ord):
        return (np.max if ord > 0 else np.min)(np.abs(x), **over)
    return np.sum(np.abs(x) ** ord, **over) ** (1 / ord)


NORMS = [
    *[smooth(*s.args[:1], 2, *s.args[1:], **s.params) for s in reductions()],
    *[smooth(real(2, 3), p, dim=1) for p in (0, 1, 0.5, 1.5, 2, 3, 4.0, -1, INF, -INF)],
    smooth(real(2, 3), 3),
    *[edge(floats([0.0, 0.0, 0.0], [0.0, 1.0, 2.0]), p, dim=1) for p in (0, 1, 0.5, 1.5, 2, 3, INF, -INF)],
    *[edge(TIED_ROWS, p, dim=0) for p in (INF, -INF)],
    value(SPECIAL_ROWS, 2, dim=1),
    value(SPECIAL_ROWS, INF, dim=1),
    edge(real(0), 2),
    typed("float64", floats(3.0, 4.0).astype("float32"), 2, dtype=autograd.float64),
    fails(IndexError, "Dimension out of range", real(2, 3), 2, dim=2),
    fails(RuntimeError, "floats", integers(1, 2), 2),
]
row(
    "vector_norm", lambda x, ord=2, dim=None, keepdim=False, dtype=None: norms(in_dtype(x, dtype), ord, dim, keepdim),
    *NORMS,
    fails(RuntimeError, "no identity", real(0), INF),
    fails(TypeError, "number", real(2), "fro"),
    torch="linalg.vector_norm",
)  # fmt: skip
row(
    "norm", lambda x, p="fro", dim=None, keepdim=False, dtype=None: np.linalg.norm(x, p) if p == "nuc" else norms(
        in_dtype(x, dtype), 2 if p == "fro" else p, dim, keepdim
    ),
    *NORMS,
    smooth(real(2, 3)),
    smooth(real(2, 3), "fro", 1, True),
    smooth(real(2, 3), "fro", (0, 1)),
    smooth(real(2, 3), "nuc"),
    fails(RuntimeError, "not supported", real(2, 2), "max"),
    fails(RuntimeError, "at least 2 dimensions", real(2), "nuc"),
    fails(RuntimeError, "2-tuple", real(2, 2, 2), "nuc"),
)  # fmt: skip
row(
    "renorm", lambda x, p, dim, maxnorm: np.stack(
        [s * min(1, maxnorm / (norms(s, p) + 1e-7)) for s in np.moveaxis(x, dim, 0)], dim
    ),
    smooth(real(2, 3), 2, 0, 1.3),
    smooth(real(3, 2).T, 1, -1, 1.0),
    smooth(gapped(real(2, 2, 2)), 3.0, dim=1, maxnorm=2.0),
    fails(RuntimeError, "non-positive-norm", real(2, 2), 0, 0, 1.0),
    fails(RuntimeError, "at least 2 dimensions", real(2), 2, 0, 1.0),
    fails(RuntimeError, "maxnorm", real(2, 2), 2, 0, -1.0),
    fails(IndexError, "Dimension out of range", real(2, 2), 2, 2, 1.0),
)  # fmt: skip
row(
    "cosine_similarity", lambda x1, x2, dim=1, eps=1e-8: np.sum(x1 * x2, dim) / (
        np.maximum(norms(x1, 2, dim), eps) * np.maximum(norms(x2, 2, dim), eps)
    ),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3, 2).T, real(3, seed=1), dim=-1),
    smooth(gapped(real(2, 3)), real(2, 1), 0),
    edge(real(2, 3), real(2, 3, seed=1), eps=2.5),
    edge(floats([0.0, 0.0]), floats([1.0, 2.0])),
    fails(RuntimeError, "floats", integers([1, 2]), integers([1, 2])),
    fails(RuntimeError, "broadcast", real(2, 3), real(2, 2)),
    fails(IndexError, "Dimension out of range", real(2), real(2)),
)  # fmt: skip
row(
    "pairwise_distance", lambda x1, x2, p=2.0, eps=1e-6, keepdim=False: norms(x1 - x2 + eps, p, -1, keepdim),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3), real(2, 3, seed=1), 3.0, keepdim=True),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), p=1.0, eps=0.1),
    smooth(real(0, 3), real(3)),
)  # fmt: skip
row(
    "pdist", lambda x, p=2.0: np.array([norms(x[i] - x[j], p) for i in range(len(x)) for j in range(i + 1, len(x))]),
    *[smooth(real(4, 3), p) for p in (0.0, 1.0, 1.5, 2.0, 3.0, INF)],
    smooth(real(2, 3).T),
    smooth(real(1, 3)),
    edge(floats([1.0, 2.0], [1.0, 2.0], [2.0, 3.0])),
    fails(RuntimeError, "2D", real(3)),
    fails(RuntimeError, "non-negative", real(2, 2), -1.0),
    torch="nn.functional.pdist",
)  # fmt: skip


# Scans.

SCANS = [
    smooth(real(), 0),
    smooth(real(4), dim=0),
    smooth(real(2, 3), 0),
    smooth(real(3, 2).T, -1),
    smooth(gapped(real(2, 2, 2)), 1),
    smooth(real(0, 3), 0),
    smooth(real(0, 3), 1),
    *OUT_OF_RANGE,
]
row(
    "cumsum", lambda x, dim, dtype=None: np.cumsum(x, dim).reshape(x.shape) if x.ndim else x,
    *SCANS,
    edge(SPECIAL, 0),
    typed("int64", integers(100, 100, 100, dtype="uint8"), 0),
    typed("int64", BOOLS, 1),
    typed("float64", integers(1, 2), 0, dtype=autograd.float64),
    typed("int32", integers(1, 2), 0, dtype=autograd.int32),
)  # fmt: skip
row(
    "cumprod", lambda x, dim, dtype=None: np.cumprod(x, dim).reshape(x.shape) if x.ndim else x,
    *SCANS,
    smooth(floats([0.0, 1.5, 0.0, 2.5], [1.5, 0.0, 2.5, 0.0]), 1),
    value(SPECIAL, 0),
    typed("int64", integers(100, 100, 100, dtype="uint8"), 0),
    typed("int64", BOOLS, 1),
    typed("float64", integers(1, 2), 0, dtype=autograd.float64),
    typed("int32", integers(1, 2), 0, dtype=autograd.int32),
)  # fmt: skip
row(
    "logcumsumexp", lambda x, dim: np.logaddexp.accumulate(x, dim) if x.ndim else x,
    *SCANS,
    smooth(floats(1000.0, 1000.5, 999.0), 0),
    smooth(floats(-1000.0, 0.5, 0.7), 0),
    edge(floats(0.0, -INF, 1.0), 0),
    value(SPECIAL, 0),
    value(NAN_AND_ONE, 0),
)  # fmt: skip


def recurrence(a, b, dim):
    out = np.zeros_like(b)
    for place in np.ndindex(*b.shape):
        before = tuple(n - (i == dim) for i, n in enumerate(place))
        out[place] = b[place] + (a[place] * out[before] if place[dim] else 0)
    return out


def torch_recurrence(torch, a, b, dim):
    rows = list(b.unbind(dim))
    for i, factor in enumerate(a.unbind(dim)):
        rows[i] = rows[i] + factor * rows[i - 1] if i else rows[i]
    return torch.stack(rows, dim)


row(
    "recurrence", recurrence,
    smooth(real(4), real(4, seed=1), 0),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), 1),
    smooth(real(2, 2, 2), real(2, 2, 2, seed=1), 1),
    smooth(real(2, 0), real(2, 0), 0),
    torch=torch_recurrence,
)  # fmt: skip


def running(better: Callable[..., Any]) -> Callable[..., Any]:
    """The best so far and where it is, element by element."""

    def call(x, dim):
        lines = np.moveaxis(np.atleast_1d(x), dim, -1)
        indices = np.zeros(lines.shape, "int64")
        for place in np.ndindex(*lines.shape[:-1]):
            best = 0
            for i, element in enumerate(lines[place]):
                if np.isnan(element) or better(element, lines[place][best]):
                    best = i
                indices[(*place, i)] = best
        indices = np.moveaxis(indices, -1, dim).reshape(x.shape)
        return (np.take_along_axis(x, indices, dim) if x.ndim else x), indices

    return call


for name, better in (("cummax", operator.ge), ("cummin", operator.le)):
    row(
        name, running(better),
        *SCANS,
        edge(TIED_ROWS, 1),
        edge(floats(1.0, 1.0, NAN, 2.0, NAN, 0.0), 0),
        typed("int64", integers([3, 1, 2], [2, 2, 4]), 0),
        typed("bool", BOOLS, 1),
    )  # fmt: skip
row(
    "diff", lambda x, n=1, dim=-1, prepend=None, append=None: np.diff(
        x, n, dim, *[np._NoValue if part is None else part for part in (prepend, append)]
    ),
    smooth(real(4)),
    smooth(real(3, 2).T, 2),
    smooth(gapped(real(2, 3)), dim=0),
    smooth(real(2, 3), 1, -1, real(2, 1, seed=1), real(2, 2, seed=2)),
    smooth(real(2, 3), n=0),
    smooth(real(2, 3), n=4),
    smooth(real(0, 3), dim=0),
    typed("int64", integers(1, 4, 9), 1),
    typed("bool", BOOLS),
    fails(RuntimeError, "at least one-dimensional", real()),
    fails(RuntimeError, "non-negative", real(3), -1),
    fails(RuntimeError, "expects what is prepended", real(2, 3), prepend=real(3)),
    fails(RuntimeError, "expects what is prepended", real(2, 3), append=real(1, 3)),
    fails(IndexError, "Dimension out of range", real(3), dim=1),
)  # fmt: skip
UNDER_CURVES = [
    smooth(real(4)),
    smooth(real(3, 2).T, dx=0.5),
    smooth(gapped(real(2, 3)), dim=0),
    smooth(real(2, 3), real(3, seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1), dim=0),
    smooth(real(2, 3), real(2, seed=1), dim=0),
    smooth(real(1)),
    fails(IndexError, "no dimensions", real()),
    fails(RuntimeError, "one x value for each", real(3), real(2)),
    fails(RuntimeError, "bool", BOOLS),
]


def trapezoids(y, x=None, dx=1.0, dim=-1):
    """Along ``dim``, which is last in the result."""
    y = np.moveaxis(y, dim, -1)
    widths = dx if x is None else np.diff(x if x.ndim == 1 else np.moveaxis(x, dim, -1))
    return (y[..., 1:] + y[..., :-1]) / 2 * widths


row("trapezoid", lambda y, x=None, dx=1.0, dim=-1: np.sum(trapezoids(y, x, dx, dim), -1), *UNDER_CURVES)
row(
    "cumulative_trapezoid",
    lambda y, x=None, dx=1.0, dim=-1: np.moveaxis(np.cumsum(trapezoids(y, x, dx, dim), -1), -1, dim),
    *UNDER_CURVES,
)  # fmt: skip


def slopes_on_grid(x, spacing=1.0, dim=None, edge_order=1):
    axes = list(range(x.ndim)) if dim is None else np.atleast_1d(dim)
    steps = spacing if isinstance(spacing, (list, tuple)) else [spacing] * len(axes)
    return [np.gradient(x, step, axis=axis, edge_order=edge_order) for axis, step in zip(axes, steps)]


row(
    "gradient", slopes_on_grid,
    smooth(real(4)),
    smooth(real(3, 4)),
    smooth(real(4, 3).T, spacing=0.5, dim=0),
    smooth(gapped(real(3, 3)), spacing=(0.5, 2.0), edge_order=2),
    smooth(real(3, 3), spacing=[floats(0.0, 1.0, 4.0), floats(0.0, 0.5, 1.0)]),
    smooth(real(4), spacing=(floats(0.0, 1.0, 4.0, 4.5),), edge_order=2),
    fails(RuntimeError, "expected each dimension", real(3, 1)),
    value(floats(1.0, NAN, 2.0, 4.0)),
    typed("float32", integers(1, 4, 9)),
    fails(RuntimeError, "uint8", integers(1, 2, dtype="uint8")),
    fails(RuntimeError, "edge_order", real(3), edge_order=3),
    fails(RuntimeError, "expected a spacing", real(3, 3), spacing=[1.0]),
    fails(IndexError, "Dimension out of range", real(3), dim=1),
    wrt=(0,),
)  # fmt: skip


# Order.


def ordered(x, dim=-1, descending=False, stable=False):
    """The indices of a stable sort, NaN the largest."""
    lines = np.moveaxis(np.atleast_1d(x), dim, -1)
    indices = np.zeros(lines.shape, "int64")
    rank = lambda element: (bool(np.isnan(element)), 0 if np.isnan(element) else element.item())
    for place in np.ndindex(*lines.shape[:-1]):
        line = lines[place]
        # Python keeps equal ones in order backwards, too.
        indices[place] = sorted(range(len(line)), key=lambda i: rank(line[i]), reverse=descending)
    return np.moveaxis(indices, -1, dim).reshape(x.shape)


def values_at(x, indices, dim):
    return np.take_along_axis(x, indices, dim) if x.ndim else x


ORDERED = [
    smooth(real()),
    smooth(real(5)),
    smooth(real(2, 3), 0),
    smooth(real(3, 2).T, dim=-2),
    smooth(gapped(real(2, 3)), dim=1, descending=True),
    smooth(real(0, 3), 0),
    smooth(real(0, 3)),
    smooth(real(), 0, True),
    typed("int64", integers(3, 1, 2)),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(IndexError, "Dimension out of range", real(), 1),
]
TIED = [
    edge(TIED_ROWS, stable=True),
    edge(TIED_ROWS, stable=True, dim=0, descending=True),
    edge(SPECIAL_ROWS, descending=True, stable=True),
    edge(SPECIAL_ROWS, stable=True),
    typed("bool", BOOLS, stable=True),
]
row(
    "argsort", ordered,
    *[replace(s, gives="int64") if isinstance(s, Sample) else s for s in [*ORDERED, *TIED]],
    result="int64",
)  # fmt: skip
row(
    "sort", lambda x, dim=-1, descending=False, stable=False: (
        values_at(x, ordered(x, dim, descending), dim), ordered(x, dim, descending)
    ),
    *ORDERED, *TIED,
)  # fmt: skip
row("msort", lambda x: np.sort(x, 0), smooth(real(4)), smooth(real(3, 2).T), smooth(real(0, 3)), edge(SPECIAL_ROWS))


def place_in_order(k: Callable[[int, int], Any]) -> Callable[..., Any]:
    """The element at place ``k(how many, how many of them NaN)`` in order along ``dim``, and where it is."""

    def call(x, dim=-1, keepdim=False):
        lines = np.moveaxis(np.atleast_1d(x), dim, -1)
        indices = np.zeros((*lines.shape[:-1], 1), "int64")
        for place in np.ndindex(*lines.shape[:-1]):
            line = lines[place]
            nans = np.isnan(line).sum() if line.dtype.kind == "f" else 0
            indices[(*place, 0)] = ordered(line)[k(len(line), nans)]
        indices = np.moveaxis(indices, -1, dim)
        if not x.ndim:
            return x, indices.reshape(())
        values = np.take_along_axis(x, indices, dim)
        return (values, indices) if keepdim else (np.squeeze(values, dim), np.squeeze(indices, dim))

    return call


IN_THE_MIDDLE = [
    smooth(real(), 0),
    smooth(real(4), 0),
    smooth(real(2, 3), 1, True),
    smooth(real(3, 2).T, dim=-2),
    smooth(gapped(real(2, 3)), dim=0, keepdim=True),
    smooth(real(0, 3), 1),
    typed("int64", integers(5, 3, 4), 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(IndexError, "non-zero size", real(0, 3), 0),
]
MEDIANS = {
    "median": lambda count, nans: count - nans if nans else (count - 1) // 2,
    "nanmedian": lambda count, nans: max(count - nans - 1, 0) // 2,
}


def medians(place: Any, whole: Any) -> Any:
    return lambda x, dim=None, keepdim=False: whole(x) if dim is None else place(x, dim, keepdim)


def median_of_all(x, ignore_nan):
    """The lower of two."""
    middle = place_in_order(MEDIANS["nanmedian" if ignore_nan else "median"])
    return middle(x.reshape(-1), 0)[0] if x.size else np.array(NAN)


for name, k in MEDIANS.items():
    row(
        name, medians(place_in_order(k), lambda x, name=name: median_of_all(x, name == "nanmedian")),
        *IN_THE_MIDDLE,
        smooth(real(2, 3)),
        smooth(real()),
        edge(floats(2.0, 1.0, 2.0, 2.0)),
        edge(floats([NAN, 1.0, 3.0], [2.0, NAN, NAN], [5.0, 4.0, 6.0]), 1),
        value(floats(NAN, NAN), 0),
        value(floats(1.0, NAN)),
        fails(NotImplementedError, "bools", BOOLS, 0),
    )  # fmt: skip
row(
    "median_of_all", median_of_all,
    smooth(real(2, 3), False),
    smooth(real(3, 2).T, True),
    smooth(gapped(real(3)), False),
    smooth(real(), True),
    edge(floats(2.0, 1.0, 2.0, 2.0), False),
    edge(floats(2.0, NAN, 1.0, 2.0), True),
    value(floats(2.0, NAN), False),
    edge(real(0), False),
    typed("int64", integers(4, 1, 2, 3), False),
    fails(NotImplementedError, "bools", BOOLS, False),
    torch=lambda torch, x, ignore_nan: (torch.nanmedian if ignore_nan else torch.median)(x),
)  # fmt: skip
row(
    "kthvalue", lambda x, k, dim=-1, keepdim=False: place_in_order(lambda count, nans: k - 1)(x, dim, keepdim),
    *[replace(c, args=(c.args[0], 1, *c.args[1:])) for c in IN_THE_MIDDLE],
    smooth(real(5), 4),
    smooth(real(2, 3), k=2, dim=0),
    edge(floats([NAN, 1.0, 3.0], [2.0, NAN, 1.0]), 3),
    fails(RuntimeError, "k out of range", real(2, 3), 4),
    fails(RuntimeError, "k out of range", real(2, 3), 0),
)  # fmt: skip


def topk(x, k, dim=-1, largest=True, sorted=True):
    indices = ordered(x, dim, largest)
    indices = np.take(indices, range(k), dim) if x.ndim else indices
    return values_at(x, indices, dim), indices


row(
    "topk", topk,
    smooth(real(5), 3),
    smooth(real(2, 3), 2, 0, False),
    smooth(real(3, 2).T, 2, dim=-1),
    smooth(gapped(real(2, 3)), 1, dim=1, largest=False),
    smooth(real(2, 3), 0),
    smooth(real(), 1),
    edge(floats(1.0, NAN, INF), 2),
    edge(floats(1.0, NAN, INF), 2, largest=False),
    typed("int64", integers(3, 1, 2), 2),
    fails(RuntimeError, "k out of range", real(2, 3), 4),
    fails(RuntimeError, "k out of range", real(2, 3), -1),
    fails(IndexError, "Dimension out of range", real(2, 3), 1, 2),
)  # fmt: skip


def mode(x, dim=-1, keepdim=False):
    """The most frequent, counted one by one; where it is last."""
    lines = np.moveaxis(np.atleast_1d(x), dim, -1)
    indices = np.zeros((*lines.shape[:-1], 1), "int64")
    for place in np.ndindex(*lines.shape[:-1]):
        line = lines[place].tolist()
        best = min(line, key=lambda element: (-line.count(element), element))
        indices[(*place, 0)] = len(line) - 1 - line[::-1].index(best)
    indices = np.moveaxis(indices, -1, dim)
    if not x.ndim:
        return x, indices.reshape(())
    values = np.take_along_axis(x, indices, dim)
    return (values, indices) if keepdim else (np.squeeze(values, dim), np.squeeze(indices, dim))


row(
    "mode", mode,
    *IN_THE_MIDDLE,
    edge(TIED_ROWS, 1),
    edge(TIED_ROWS, 0, True),
    edge(floats(3.0, 1.0, 2.0, 1.0, 3.0)),
    typed("bool", BOOLS, 1),
)  # fmt: skip
QUANTILES = [
    *[smooth(real(2, 5), q, dim=1, interpolation=how) for q in (0.3, 0.65)
      for how in ("linear", "lower", "higher", "midpoint", "nearest")],
    smooth(real(), 0.3),
    smooth(real(2, 3), 0.0),
    smooth(real(2, 3), 0.37, keepdim=True),
    smooth(real(3, 2).T, 0.37, 0, True),
    smooth(gapped(real(2, 3)), 1.0, dim=-1),
    smooth(real(2, 3), floats(0.1, 0.8)),
    smooth(real(2, 3, 2), floats(0.1, 0.8, 0.5), 1, True),
    fails(RuntimeError, "range [0, 1]", real(3), 1.5),
    fails(RuntimeError, "scalar or 1D", real(3), floats([0.5])),
    fails(RuntimeError, "interpolation", real(3), 0.5, interpolation="cubic"),
    fails(RuntimeError, "float or double", integers(1, 2), 0.5),
    fails(RuntimeError, "non-empty", real(0), 0.5),
    fails(IndexError, "Dimension out of range", real(3), 0.5, 1),
]  # fmt: skip
for name, reference in (("quantile", np.quantile), ("nanquantile", np.nanquantile)):
    row(
        name,
        lambda x, q, dim=None, keepdim=False, interpolation="linear", reference=reference: reference(
            x, q, dim, method=interpolation, keepdims=keepdim
        ),
        *QUANTILES,
        edge(floats([NAN, 1.0, 3.0], [2.0, NAN, 1.0], [4.0, 5.0, 7.0]), 0.3, 1),
        wrt=(0,),
    )  # fmt: skip
row(
    "searchsorted", lambda rows, x, out_int32=False, right=False, side=None, sorter=None: np.apply_along_axis(
        lambda row: np.searchsorted(row, x, "right" if right else side or "left", sorter), -1, rows
    ) if rows.ndim == 1 else np.stack([np.searchsorted(row, wanted) for row, wanted in zip(rows, x)]),
    typed("int64", floats(1, 3, 5), floats([0, 3], [6, NAN])),
    typed("int64", floats(1, 3, 5), floats([0, 3], [6, 5]), right=True),
    typed("int64", floats(1, 3, 5), floats(3), side="right"),
    typed("int64", floats([1, 3, 5], [2, 2, 2]), floats([2, 2], [2, 3])),
    typed("int32", integers(1, 3, 5), integers(3, 4), out_int32=True),
    typed("int64", floats(5, 1, 3), floats(3, 4), sorter=integers(1, 2, 0)),
    typed("int64", floats(), floats(1, 2)),
    typed("int64", floats(1, 3, 5), 3.0),
    fails(RuntimeError, "side", floats(1, 2), floats(1), side="up"),
    fails(RuntimeError, "side", floats(1, 2), floats(1), side="left", right=True),
    fails(RuntimeError, "must have 1 dimension", floats([1, 2]), floats(1)),
    fails(RuntimeError, "must have 1 dimension", floats([1, 2]), 1.0),
    fails(RuntimeError, "sorter", floats(1, 2), floats(1), sorter=integers(0)),
)  # fmt: skip
row(
    "bucketize", lambda x, boundaries, out_int32=False, right=False: np.digitize(x, boundaries, not right),
    typed("int64", floats([0, 3], [6, 1]), floats(1, 3, 5)),
    typed("int32", floats(0, 3), floats(1, 3, 5), out_int32=True, right=True),
    typed("int64", 3.0, floats(1, 3, 5)),
    fails(RuntimeError, "1 dimension", floats(1), floats([1, 2])),
)  # fmt: skip


# Counting.


def different(x, return_inverse=False, return_counts=False, dim=None, consecutive=False):
    """The different elements or slices, found one by one."""
    slices = list(x.reshape(-1) if dim is None else np.moveaxis(x, dim, 0))
    order = range(len(slices))
    if not consecutive:
        order = sorted(order, key=lambda i: [(bool(np.isnan(e)), e) for e in np.ravel(slices[i]).tolist()])
    found: list[Any] = []
    counts: list[int] = []
    inverse = np.zeros(len(slices), "int64")
    for i in order:
        if found and np.array_equal(found[-1], slices[i]):
            counts[-1] += 1
        else:
            found.append(slices[i])
            counts.append(1)
        inverse[i] = len(found) - 1
    shape = (0, *np.moveaxis(x, dim or 0, 0).shape[1:]) if dim is not None else (0,)
    values = np.stack(found) if found else np.zeros(shape, x.dtype)
    results = [values if dim is None else np.moveaxis(values, 0, dim)]
    results += [inverse.reshape(x.shape) if dim is None else inverse] * return_inverse
    return results + [np.array(counts, "int64")] * return_counts


REPEATED_VALUES = floats([2.0, 1.0, 2.0], [2.0, 1.0, 2.0], [0.0, 2.0, 2.0])
DIFFERENT = [
    value(REPEATED_VALUES),
    value(REPEATED_VALUES.T, return_inverse=True, return_counts=True),
    value(gapped(REPEATED_VALUES), dim=0, return_counts=True),
    value(REPEATED_VALUES, return_inverse=True, return_counts=True, dim=-1),
    value(floats(NAN, 1.0, NAN, NAN), return_counts=True),
    value(real(), return_inverse=True),
    value(real(0), return_inverse=True, return_counts=True),
    value(real(0, 3), dim=0),
    typed("int64", integers(3, 1, 1, 3), return_inverse=True),
    typed("bool", BOOLS),
    fails(RuntimeError, "no slices to compare", real(0, 3), dim=1),
    fails(IndexError, "no dimensions", real(), dim=0),
    fails(IndexError, "Dimension out of range", real(3), dim=1),
]
row("unique", lambda x, **params: different(x, **params), *DIFFERENT)
row("unique_consecutive", lambda x, **params: different(x, consecutive=True, **params), *DIFFERENT)
row(
    "bincount", lambda x, weights=None, minlength=0: np.array(
        [
            np.sum((x == i) * (1 if weights is None else weights))
            for i in range(max(minlength, *(x.astype(int) + 1), 0))
        ],
        "int64" if weights is None else "float32" if weights.dtype == "float32" else "float64",
    ),
    typed("int64", integers(0, 3, 3)),
    typed("int64", integers(1, dtype="uint8"), minlength=4),
    typed("int64", integers(), minlength=2),
    typed("int64", integers()),
    typed("float64", integers(0, 3, 3), floats(0.5, 1.5, 2.5)),
    typed("float64", integers(0, 3, 3), integers(1, 2, 3)),
    typed("float32", integers(0, 3, 3), floats(0.5, 1.5, 2.5).astype("float32")),
    fails(RuntimeError, "non-negative", integers(-1)),
    fails(RuntimeError, "1-d", integers([1, 2])),
    fails(RuntimeError, "minlength", integers(1), minlength=-1),
    fails(RuntimeError, "weights", integers(1), floats(1, 2)),
    fails(NotImplementedError, "integers", floats(1)),
    wrt=(),
)  # fmt: skip


def fell(x, low, high, bins, weight=None):
    return np.histogram(x[~np.isnan(x)], bins, (low, high), weights=None if weight is None else weight)[0].astype(
        x.dtype
    )


row(
    "histc", lambda x, bins=100, min=0, max=0: fell(x, *((min, max) if min != max else (x.min(), x.max())), bins),
    value(real(2, 3)),
    value(real(3, 2).T, 4),
    value(real(5), bins=3, min=-1, max=1),
    value(floats(0.0, 1.0, 2.0, NAN, 3.0), 3, 0, 3),
    value(floats(2.0, 2.0), 2),
    value(real(0), 3, 0, 1),
    fails(RuntimeError, "bins", real(3), 0),
    fails(RuntimeError, "max must be larger", real(3), 4, 3, 1),
    fails(RuntimeError, "not finite", floats(1.0, INF), 4),
    fails(NotImplementedError, "floats", integers(1, 2)),
)  # fmt: skip


def histogram(x, bins, range=None, weight=None, density=False):
    hist, edges = np.histogram(x, bins, range, density, weight)
    return hist.astype(x.dtype), edges.astype(x.dtype)


row(
    "histogram", histogram,
    value(real(2, 3), 3),
    value(real(3, 2).T, 3, range=(-1.0, 1.0)),
    value(real(2, 3), floats(-2.0, -1.0, 0.5, 1.5)),
    value(floats(0.0, 1.0, 2.0, 3.0), floats(0.0, 1.0, 3.0), density=True),
    value(real(2, 3), 2, weight=real(2, 3, low=0.1, seed=1), density=True),
    fails(RuntimeError, "bins", real(3), 0),
    fails(RuntimeError, "weight", real(3), 2, weight=real(2)),
    fails(NotImplementedError, "floats", integers(1, 2), 2),
)  # fmt: skip
row(
    "histogramdd", lambda x, bins, range=None, weight=None, density=False: (
        lambda found: [found[0].astype(x.dtype), found[1]]
    )(np.histogramdd(x, bins, range and [range[:2], range[2:]], density, weight)),
    value(real(6, 2), [2, 3]),
    value(real(2, 6).T, 2, density=True),
    value(real(6, 2), [2, 3], range=[-1.0, 1.0, -2.0, 0.5], weight=real(6, low=0.1)),
    fails(RuntimeError, "shape", real(3), 2),
    fails(RuntimeError, "bins for each", real(3, 2), [2]),
)  # fmt: skip


# Statistics.

WITH_NAN = floats([1.0, NAN, 2.0], [0.5, 1.5, -1.0])
NANS_ASIDE = [
    *reductions(),
    edge(WITH_NAN),
    edge(WITH_NAN, dim=1),
    edge(WITH_NAN, (0, 1), True),
    value(floats(NAN, NAN), 0),
    value(real(0)),
    typed("float64", real(3).astype("float32"), dtype=autograd.float64),
    *OUT_OF_RANGE, REPEATED,
]  # fmt: skip
row(
    "nansum", lambda x, *args, dtype=None, **params: tuple_axis(np.nansum)(in_dtype(x, dtype), *args, **params),
    *NANS_ASIDE, typed("int64", integers(1, 2)), typed("int64", BOOLS),
)  # fmt: skip
row(
    "nanmean", lambda x, *args, dtype=None, **params: tuple_axis(np.nanmean)(in_dtype(x, dtype), *args, **params),
    *NANS_ASIDE, fails(RuntimeError, "floats", integers(1, 2)),
)  # fmt: skip


def with_mean(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(x, dim=None, unbiased=True, keepdim=False, correction=None):
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        ddof = int(unbiased) if correction is None else correction
        return tuple_axis(function)(x, dim, keepdim, ddof=ddof), tuple_axis(np.mean)(x, dim, keepdim)

    return call


for name, reference in (("std_mean", np.std), ("var_mean", np.var)):
    row(
        name, with_mean(reference),
        *[s for s in reductions() if s.args[0].ndim and s.args[1:] == ()],
        smooth(real(2, 3), False),
        smooth(real(2, 3), 1, False, True),
        smooth(real(2, 3), dim=1, correction=0),
        edge(real(2, 1), 1),
    )  # fmt: skip
row(
    "cov", lambda x, correction=1, fweights=None, aweights=None: np.cov(
        x, ddof=correction, fweights=fweights, aweights=aweights
    ),
    smooth(real(2, 4)),
    smooth(real(4, 3).T, correction=0),
    smooth(gapped(real(4))),
    smooth(real(2, 3), fweights=integers(1, 2, 3)),
    smooth(real(2, 3), aweights=floats(0.5, 1.0, 0.7)),
    smooth(real(2, 3), correction=0, fweights=integers(1, 2, 3), aweights=floats(0.5, 1.0, 0.7)),
    fails(RuntimeError, "two or fewer dimensions", real(2, 2, 2)),
    fails(RuntimeError, "bool", BOOLS),
    fails(RuntimeError, "fweights", real(2, 3), fweights=floats(1, 2, 3)),
    fails(RuntimeError, "negative", real(2, 3), fweights=integers(1, 2, -3)),
    wrt=(0,),
)  # fmt: skip
row(
    "corrcoef", np.corrcoef,
    smooth(real(2, 4)),
    smooth(real(4, 3).T),
    smooth(gapped(real(4))),
    fails(RuntimeError, "two or fewer dimensions", real(2, 2, 2)),
)  # fmt: skip


# What a mask marks.


def kept(x, mask):
    return np.ma.array(x, mask=np.broadcast_to(np.False_ if mask is None else ~mask, x.shape))


def filled(x, mask, identity):
    return x if mask is None else np.where(mask, x, identity)


def of_masked_array(name: str) -> Callable[..., Any]:
    def call(x, dim=None, keepdim=False, mask=None, **params):
        return np.asarray(getattr(kept(x, mask), name)(axis=dim, keepdims=keepdim, **params)).astype(x.dtype)

    return call


def of_filled(function: Callable[..., Any], identity: float) -> Callable[..., Any]:
    return lambda x, dim=None, keepdim=False, mask=None: function(filled(x, mask, identity), dim, keepdims=keepdim)


MASK = np.array([[True, False, True], [False, True, True]])
NOT_A_MASK = [
    not_in_torch(fails(RuntimeError, "bools", real(2, 3), dim=1, mask=real(2, 3))),  # anything is a mask there
    not_in_torch(fails(IndexError, "more dimensions", real(3), dim=0, mask=MASK)),
]
MARKED = [
    smooth(real(2, 3), dim=1),
    smooth(real(2, 3), dim=1, mask=MASK),
    smooth(real(3, 2).T, dim=1, mask=MASK[0]),
    smooth(gapped(real(2, 3)), dim=-1),
    *NOT_A_MASK,
]
MARKED_ONES = [
    *MARKED,
    smooth(real(2, 3), mask=MASK),
    smooth(real(2, 3), dim=1, keepdim=True, mask=MASK),
    smooth(real()),
]
for name, reference in (
    ("sum", of_masked_array("sum")), ("prod", of_masked_array("prod")), ("amax", of_masked_array("max")),
    ("amin", of_masked_array("min")), ("mean", of_masked_array("mean")),
    ("argmax", of_masked_array("argmax")), ("argmin", of_masked_array("argmin")),
    ("logsumexp", of_filled(scipy.special.logsumexp, -INF)),
):  # fmt: skip
    row(f"masked.{name}", reference, *MARKED_ONES)
for name in ("var", "std"):
    row(
        f"masked.{name}", lambda x, dim=None, unbiased=True, name=name, correction=None, **params: of_masked_array(
            name
        )(x, dim, ddof=int(unbiased) if correction is None else correction, **params),
        *[c for c in MARKED_ONES if np.ndim(c.args[0])],
        smooth(real(2, 3), 1, False, mask=MASK[0]),
        smooth(real(2, 3), correction=0, mask=MASK),
    )  # fmt: skip
row(
    "masked.norm", lambda x, ord=2.0, dim=None, keepdim=False, mask=None: norms(filled(x, mask, 0), ord, dim, keepdim),
    *[replace(c, args=(*c.args, 3.0)) for c in MARKED_ONES],
    smooth(real(2, 3), mask=MASK),
)  # fmt: skip
row(
    "masked.normalize", lambda x, ord, dim, eps=1e-12, mask=None: filled(x, mask, 0) / np.maximum(
        norms(filled(x, mask, 0), ord, dim, True), eps
    ),
    *[replace(c, args=(*c.args, 2.0)) for c in MARKED],
)  # fmt: skip
row(
    "masked.median", lambda x, dim=-1, keepdim=False, mask=None: np.nanquantile(
        filled(x, mask, NAN), 0.5, dim, method="lower", keepdims=keepdim
    ),
    *MARKED,
    smooth(real(2, 3), 1, keepdim=True, mask=MASK),
    typed("int64", integers([3, 1, 2], [6, 5, 4]), mask=MASK),
    fails(ValueError, "masked out", integers([3, 1, 2], [6, 5, 4]), 0, mask=BOOLS),
)  # fmt: skip
for name, reference, identity in (
    ("cumsum", np.cumsum, 0), ("cumprod", np.cumprod, 1), ("softmax", scipy.special.softmax, -INF),
    ("log_softmax", scipy.special.log_softmax, -INF), ("softmin", lambda x, dim: scipy.special.softmax(-x, dim), INF),
):  # fmt: skip
    row(
        f"masked.{name}", lambda x, dim, mask=None, reference=reference, identity=identity: reference(
            filled(x, mask, identity), dim
        ),
        *[replace(c, kind="edge") if isinstance(c, Sample) else c for c in MARKED],
    )  # fmt: skip
row(
    "masked.logaddexp", lambda x, y, input_mask=None, other_mask=None: np.logaddexp(
        filled(x, input_mask, -INF), filled(y, other_mask, -INF)
    ),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1), input_mask=BOOLS),
    edge(real(3, 2).T, real(2, 3, seed=1), other_mask=BOOLS[0]),
    not_in_torch(fails(RuntimeError, "bools", real(2), real(2), input_mask=real(2))),
)  # fmt: skip


# Softmax and losses.

AXIS_CASES = [
    smooth(real(), 0),
    smooth(real(4), 0),
    smooth(real(2, 3), 1),
    smooth(real(2, 3), dim=0),
    smooth(real(3, 2).T, -1),
    smooth(gapped(real(2, 2, 3)), 1),
    smooth(real(0, 3), 1),
    smooth(real(0, 3), 0),
    smooth(THOUSANDS, 1),
    edge(real(2, 3) * 1000, 1),
    edge(SPECIAL_ROWS, 1),
    edge(SPECIAL, 0),
    typed("float64", floats(1.0, 2.0).astype("float32"), 0, dtype=autograd.float64),
    fails(NotImplementedError, "floats", real(3), 0, dtype=autograd.int64),
    *OUT_OF_RANGE,
]


def softmax(x, dim, dtype=None):
    x = in_dtype(x, dtype)
    return scipy.special.softmax(x, dim) if x.size and x.ndim else np.ones_like(x)


def log_softmax(x, dim, dtype=None):
    x = in_dtype(x, dtype)
    if not x.size or not x.ndim:
        return np.zeros_like(x)
    # SciPy has an answer beside an infinite score; PyTorch has none.
    return np.where(np.isposinf(x).any(dim, keepdims=True), NAN, scipy.special.log_softmax(x, dim))


row("softmax", softmax, *AXIS_CASES)
row("log_softmax", log_softmax, *AXIS_CASES)


def reduce(losses: np.ndarray, reduction: str) -> Any:
    return {"none": lambda: losses, "mean": lambda: np.mean(losses), "sum": lambda: np.sum(losses)}[reduction]()


row(
    "mse_loss", lambda x, target, reduction="mean": reduce((x - target) ** 2, reduction),
    smooth(real(), real(seed=1)),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), reduction="sum"),
    smooth(real(2, 3), real(2, 3, seed=1), reduction="none"),
    edge(real(0, 3), real(0, 3)),
    smooth(real(0, 3), real(0, 3), reduction="sum"),
    edge(SPECIAL, SPECIAL[::-1], reduction="none"),
    fails(ValueError, "is not a valid value for reduction", real(2), real(2), reduction="median"),
    smooth(real(2, 3), real(3)),
    smooth(real(3), real(2, 1), reduction="sum"),
    fails(RuntimeError, "broadcast", real(2), real(3)),
    torch="nn.functional.mse_loss",
)  # fmt: skip


def cross_entropy(x, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """Sample by sample, class by class."""
    scores = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]) if x.ndim > 1 else x[None]
    weight = np.ones(scores.shape[1], x.dtype) if weight is None else weight
    losses, weights = [], []
    for row_, label in zip(scores, target.reshape(-1)):
        counts = label != ignore_index
        wanted = (np.arange(len(row_)) == label) * (1 - label_smoothing) + label_smoothing / len(row_)
        logp = np.where(wanted, row_ - scipy.special.logsumexp(row_), 0.0)
        losses.append(-np.sum(weight * wanted * logp) if counts else 0.0)
        weights.append(weight[label] if counts else 0.0)
    if reduction == "mean":
        return np.sum(losses) / np.sum(weights)
    return reduce(np.array(losses, x.dtype).reshape(target.shape), reduction)


LABELS = integers(0, 3, 1)
CLASS_WEIGHT = real(4, low=0.2, high=2)


def of_losses(losses: Callable[..., np.ndarray]) -> Callable[..., Any]:
    """The loss whose formula for each element, or each sample, ``losses`` is."""
    return lambda *args, reduction="mean", **params: reduce(losses(*args, **params), reduction)


def huber_loss(x, target, reduction="mean", delta=1.0, weight=None):
    size = np.abs(x - target)
    losses = np.where(size <= delta, size * size / 2, delta * (size - delta / 2))
    return reduce(losses if weight is None else losses * weight, reduction)


def kl_div(x, target, reduction, log_target=False):
    probability = np.exp(target) if log_target else target
    losses = probability * ((target if log_target else np.log(target)) - x)
    return losses.sum() / len(x) if reduction == "batchmean" else reduce(losses, reduction)


def poisson_nll_loss(x, target, log_input=True, full=False, eps=1e-8):
    stirling = target * np.log(target) - target + np.log(2 * np.pi * target) / 2
    losses = np.exp(x) - target * x if log_input else x - target * np.log(x + eps)
    return losses + np.where(target > 1, stirling, 0) if full else losses


def gaussian_nll_loss(x, target, var, full=False, eps=1e-6):
    var = np.maximum(var if var.ndim == x.ndim else var[..., None], eps)
    return (np.log(var) + (x - target) ** 2 / var) / 2 + (np.log(2 * np.pi) / 2 if full else 0)


def cosine_embedding_loss(x, y, target, margin=0.0):
    cos = np.sum(x * y, -1) / np.sqrt(np.sum(x * x, -1) * np.sum(y * y, -1))
    return np.where(target == 1, 1 - cos, np.maximum(0, cos - margin))


def multi_margin_loss(x, target, p=1, margin=1.0, weight=None):
    return np.array([
        sum(max(0, margin - scores[label] + s) ** p for i, s in enumerate(scores) if i != label) / len(scores)
        * (1 if weight is None else weight[label])
        for scores, label in zip(x.reshape(-1, x.shape[-1]), target.reshape(-1))
    ], x.dtype).reshape(target.shape)  # fmt: skip


def multilabel_margin_loss(x, target):
    losses = []
    for scores, labels in zip(x, target.tolist()):
        own = labels[: labels.index(-1)]
        others = [s for i, s in enumerate(scores) if i not in own]
        losses.append(sum(max(0, 1 - (scores[label] - s)) for label in own for s in others) / len(scores))
    return np.array(losses, x.dtype)


def multilabel_soft_margin_loss(x, target, weight=1.0):
    return np.mean((target * np.logaddexp(0, -x) + (1 - target) * np.logaddexp(0, x)) * weight, -1)


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False):
    distance = lambda x, y: np.sum(np.abs(x - y + eps) ** p, -1) ** (1 / p)
    far = distance(anchor, negative)
    far = np.minimum(far, distance(positive, negative)) if swap else far
    return np.maximum(0, distance(anchor, positive) - far + margin)


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


SIGNS = floats([1, -1, 1], [-1, -1, 1])
NEAR = real(2, 3), real(2, 3, seed=1)
POSITIVE = real(2, 3, low=0.2, high=3, seed=1)
TRIPLET = real(2, 3), real(2, 3, seed=1), real(2, 3, seed=2)
row(
    "nn.functional.huber_loss", huber_loss,
    *[smooth(*NEAR, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, delta=0.4),
    smooth(*NEAR, weight=POSITIVE),
    fails(RuntimeError, "non-positive values for delta", *NEAR, delta=0.0),
    fails(ValueError, "Weights and input must have the same size", *NEAR, weight=real(3)),
)  # fmt: skip
row(
    "nn.functional.smooth_l1_loss",
    of_losses(lambda x, y, beta=1.0: huber_loss(x, y, "none", beta) / beta if beta else np.abs(x - y)),
    *[smooth(*NEAR, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, beta=0.4),
    smooth(*NEAR, beta=0),
    fails(RuntimeError, "negative values for beta", *NEAR, beta=-1.0),
)  # fmt: skip
row(
    "nn.functional.kl_div", kl_div,
    *[smooth(real(2, 3), POSITIVE, reduction=r) for r in ("none", "batchmean", "sum")],
    smooth(*NEAR, reduction="sum", log_target=True),
)  # fmt: skip
row(
    "nn.functional.poisson_nll_loss", of_losses(poisson_nll_loss),
    *[smooth(real(2, 3), POSITIVE, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(2, 3, low=0.2), POSITIVE, log_input=False),
    smooth(real(2, 3), POSITIVE, full=True),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.gaussian_nll_loss", of_losses(gaussian_nll_loss),
    *[smooth(*NEAR, POSITIVE, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, POSITIVE[:, 0], full=True),
    # The floor of the variance has the gradient of the variance itself.
    edge(*NEAR, POSITIVE, eps=1.5),
    fails(ValueError, "var has negative entry", *NEAR, -POSITIVE),
    fails(ValueError, "var is of incorrect size", *NEAR, real(5, low=0.2)),
)  # fmt: skip
row(
    "nn.functional.hinge_embedding_loss",
    of_losses(lambda x, t, margin=1.0: np.where(t == 1, x, np.maximum(0, margin - x))),
    *[smooth(real(2, 3), SIGNS, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(2, 3), SIGNS, margin=0.3),
    wrt=(0,),
)  # fmt: skip
row(
    "cosine_embedding_loss", of_losses(cosine_embedding_loss),
    *[smooth(*NEAR, SIGNS[:, 0], reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, SIGNS[:, 1], margin=-0.99),
    smooth(NEAR[0][0], NEAR[1][0], np.array(1.0)),
    fails(RuntimeError, "1D target tensor expects 2D input tensors", real(3), real(3), SIGNS[0]),
    wrt=(0, 1),
    torch="nn.functional.cosine_embedding_loss",
)  # fmt: skip
row(
    "margin_ranking_loss", of_losses(lambda x, y, t, margin=0.0: np.maximum(0, margin - t * (x - y))),
    *[smooth(*NEAR, SIGNS, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*NEAR, SIGNS, margin=0.6),
    fails(RuntimeError, "all inputs should have the same rank", *NEAR, SIGNS[0]),
    wrt=(0, 1),
    torch="nn.functional.margin_ranking_loss",
)  # fmt: skip
row(
    "nn.functional.soft_margin_loss", of_losses(lambda x, t: np.logaddexp(0, -t * x)),
    *[smooth(real(2, 3), SIGNS, reduction=r) for r in ("none", "mean", "sum")],
    # PyTorch's e^(-t·x) overflows.
    not_in_torch(edge(floats(200, -200), floats(-1, -1))),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.multi_margin_loss", of_losses(multi_margin_loss),
    *[smooth(real(3, 4), LABELS, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(3, 4), LABELS, p=2, margin=0.7),
    smooth(real(3, 4), LABELS, weight=CLASS_WEIGHT),
    fails(ValueError, "only p == 1 and p == 2 supported", real(3, 4), LABELS, p=3),
    fails(RuntimeError, "inconsistent target size", real(2, 4), LABELS),
    fails(ValueError, "weight must be one-dimensional", real(3, 4), LABELS, weight=real(2, 2)),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.multilabel_margin_loss", of_losses(multilabel_margin_loss),
    *[smooth(real(2, 4), integers([0, 3, -1, 1], [-1, 2, 0, 1]), reduction=r) for r in ("none", "mean", "sum")],
    fails(RuntimeError, "inconsistent target size", real(2, 4), integers([0, -1], [1, -1])),
)  # fmt: skip
row(
    "nn.functional.multilabel_soft_margin_loss", of_losses(multilabel_soft_margin_loss),
    *[smooth(real(2, 3), (SIGNS + 1) / 2, reduction=r) for r in ("none", "mean", "sum")],
    smooth(real(2, 3), (SIGNS + 1) / 2, weight=POSITIVE[0]),
    wrt=(0,),
)  # fmt: skip
row(
    "triplet_margin_loss", of_losses(triplet_margin_loss),
    *[smooth(*TRIPLET, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*TRIPLET, margin=2.5, p=3.0, swap=True),
    torch="nn.functional.triplet_margin_loss",
)  # fmt: skip
row(
    "nn.functional.triplet_margin_with_distance_loss", of_losses(triplet_margin_loss),
    *[smooth(*TRIPLET, reduction=r) for r in ("none", "mean", "sum")],
    smooth(*TRIPLET, margin=2.5, swap=True),
    fails(ValueError, "margin must be greater than 0", *TRIPLET, margin=0.0),
    fails(RuntimeError, "same number of dimensions", *NEAR, real(3)),
)  # fmt: skip
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
for name, of_rank in (
    ("dropout", (2, 3)), ("dropout1d", (2, 3)), ("dropout2d", (2, 3, 2, 1)), ("dropout3d", (1, 2, 3, 2, 1)),
    ("alpha_dropout", (2, 3)), ("feature_alpha_dropout", (2, 3)),
):  # fmt: skip
    # What is random in them has tests of its own.
    row(
        name if "alpha" in name else f"nn.functional.{name}",
        lambda x, p=0.5, training=True: x * (0 if p == 1 and training else 1),
        *[smooth(real(*of_rank), p=p, training=training) for p, training in ((0.3, False), (0.0, True), (1.0, True))],
        *[fails(ValueError, "dropout probability has to be between 0 and 1", real(2), p=1.5)] * (name == "dropout"),
        torch=f"nn.functional.{name}",
    )

row(
    "cross_entropy", cross_entropy,
    smooth(real(3, 4), LABELS),
    smooth(real(4), np.array(2)),
    smooth(real(3, 4), LABELS, reduction="sum"),
    smooth(real(3, 4), LABELS, reduction="none"),
    smooth(real(4, 3).T, LABELS, CLASS_WEIGHT),
    smooth(gapped(real(3, 4)), LABELS, label_smoothing=0.2),
    smooth(real(3, 4), LABELS, CLASS_WEIGHT, label_smoothing=0.2),
    smooth(real(3, 4), LABELS, CLASS_WEIGHT, ignore_index=3, label_smoothing=0.2),
    smooth(real(3, 4), integers(0, -100, 1)),
    smooth(real(3, 4), integers(0, -100, 1), CLASS_WEIGHT, reduction="none", label_smoothing=0.3),
    smooth(real(3, 4), integers(0, -100, 1), CLASS_WEIGHT, reduction="sum"),
    smooth(real(4), np.array(2), CLASS_WEIGHT, label_smoothing=0.1),
    smooth(real(2, 3, 2), integers([0, 2], [1, 1])),
    smooth(real(2, 3, 2, 1), integers([[0], [2]], [[1], [-100]]), reduction="none"),
    smooth(real(0, 4), integers(), reduction="sum"),
    smooth(real(0, 4), integers(), reduction="none"),
    edge(real(0, 4), integers()),
    edge(real(2, 4), integers(-100, -100)),
    edge(floats([1000.0, 0.0], [-1000.0, 0.0]), integers(1, 0)),
    edge(floats([-INF, 0.0], [NAN, 0.0]), integers(1, 1), reduction="none"),
    fails(IndexError, "Target 4 is out of bounds", real(3, 4), integers(0, 4, 1)),
    fails(IndexError, "Target -1 is out of bounds", real(3, 4), integers(0, -1, 1)),
    fails(ValueError, "Expected input batch_size (3) to match target batch_size (2)", real(3, 4), integers(0, 1)),
    fails(ValueError, "is not a valid value for reduction", real(3, 4), LABELS, reduction="median"),
    fails(RuntimeError, "weight tensor should be defined", real(3, 4), LABELS, real(3)),
    fails(RuntimeError, "expected a target of shape", real(2, 3, 2), integers([0], [1])),
    fails(NotImplementedError, "make them floats", integers([1, 2]), integers(1)),
    torch="nn.functional.cross_entropy",
    wrt=(0,),
)  # fmt: skip


# Ops that move elements.

row(
    "cast", lambda x, dtype: x.astype(dtype.dtype),
    typed("float64", real(2, 3), autograd.float64),
    typed("float32", real(3, 2).T, autograd.float32),
    typed("float64", real(2, 3).astype("float32"), autograd.float64),
    typed("int64", floats(-1.5, 1.5), autograd.int64),
    typed("bool", floats(-1.5, 0.0, NAN), autograd.bool),
    typed("float32", BOOLS, autograd.float32),
    typed("uint8", integers(300, 1), autograd.uint8),
    typed("float64", real(0, 3), autograd.float64),
    typed("float32", real(), autograd.float32),
    smooth(real(2, 3), autograd.float64, gives="float64"),
    torch=lambda torch, x, dtype: x.to(dtype),
    result="",
)  # fmt: skip
AS_IT_IS = [
    smooth(real()),
    smooth(real(2, 3)),
    smooth(real(0, 3)),
    smooth(real(3, 2).T),
    smooth(gapped(real(2, 3))),
    edge(SPECIAL),
    typed("int64", integers(1, 2)),
    typed("bool", BOOLS.T),
]
row("identity", lambda x: x, *AS_IT_IS, torch=lambda torch, x: x.view_as(x))
row("clone", lambda x: x.copy(), *AS_IT_IS)
row("contiguous", lambda x: x, *AS_IT_IS, torch="Tensor.contiguous")
row(
    "t", lambda x: x.T,
    *AS_IT_IS,
    smooth(real(3)),
    fails(RuntimeError, "<= 2 dimensions", real(2, 2, 2)),
)  # fmt: skip
RESHAPES = [
    smooth(real(2, 3), (3, 2)),
    smooth(real(2, 3), 3, 2),
    smooth(real(2, 3), -1),
    smooth(real(2, 3), [2, -1]),
    smooth(real(2, 3), 1, 2, 3),
    smooth(real(), (1, 1)),
    smooth(real(1), ()),
    smooth(real(0, 3), (3, 0)),
    smooth(gapped(real(2, 3)), (2, 1, 3)),
    typed("int64", integers(1, 2), (2, 1)),
    typed("bool", BOOLS, (6,)),
    fails(RuntimeError, "is invalid for input of size 6", real(2, 3), (4, 2)),
    fails(RuntimeError, "is invalid for input of size 6", real(2, 3), (4, -1)),
    not_in_torch(fails(TypeError, "missing required argument", real(2, 3))),  # view() answers RuntimeError there
]
row(
    "reshape", lambda x, *shape: np.reshape(x, sizes(shape)),
    *RESHAPES,
    smooth(real(3, 2).T, (3, 2)),
    smooth(gapped(real(2, 3)), 6),
    torch=lambda torch, x, *shape: x.reshape(*shape),
)  # fmt: skip
row(
    "view", lambda x, *shape: np.reshape(x, sizes(shape)),
    *RESHAPES,
    smooth(real(3, 2).T, (1, 2, 3)),
    fails(RuntimeError, "view size is not compatible", real(3, 2).T, (6,)),
    torch=lambda torch, x, *shape: x.view(*shape),
)  # fmt: skip
row(
    "permute", lambda x, *dims: np.transpose(x, sizes(dims)),
    smooth(real(2, 3), (1, 0)),
    smooth(real(2, 3, 2), 2, 0, 1),
    smooth(real(2, 1, 3), (-1, 0, 1)),
    smooth(real(), ()),
    smooth(real(3), 0),
    smooth(real(0, 3), (1, 0)),
    smooth(gapped(real(2, 3)), 1, 0),
    typed("int64", integers([1, 2]), (1, 0)),
    fails(RuntimeError, "must name each", real(2, 3), (0,)),
    fails(IndexError, "Dimension out of range", real(2, 3), (0, 2)),
    fails(RuntimeError, "", real(2, 3), (0, 0)),
    torch=lambda torch, x, *dims: x.permute(*dims),
)  # fmt: skip
row(
    "transpose", lambda x, dim0, dim1: np.swapaxes(x, dim0, dim1) if x.ndim else x,
    smooth(real(2, 3), 0, 1),
    smooth(real(2, 3, 2), -1, 0),
    smooth(real(3, 2).T, 1, 1),
    smooth(gapped(real(2, 3)), dim0=1, dim1=0),
    smooth(real(), 0, -1),
    smooth(real(0, 3), 0, 1),
    typed("bool", BOOLS, 0, 1),
    fails(IndexError, "Dimension out of range", real(2, 3), 0, 2),
    fails(IndexError, "Dimension out of range", real(), 0, 1),
)  # fmt: skip
row(
    "expand", lambda x, *shape: np.broadcast_to(x, expanded(x.shape, sizes(shape))),
    smooth(real(2, 1), (2, 3)),
    smooth(real(3), 2, 3),
    smooth(real(), (2, 2)),
    smooth(real(), ()),
    smooth(real(2, 1), 3, -1, 2),
    smooth(real(1, 3), (0, 3)),
    smooth(real(0, 1), (0, 2)),
    smooth(real(1, 2).T, (2, 3)),
    smooth(gapped(real(2, 1)), (-1, 3)),
    typed("int64", integers(1, 2), 2, 2),
    fails(RuntimeError, "must match the existing size (2)", real(2), (3,)),
    fails(RuntimeError, "must be at least the number of dimensions", real(2, 3), (3,)),
    fails(RuntimeError, "", real(3), (-1, 3)),
    torch=lambda torch, x, *shape: x.expand(*shape),
)  # fmt: skip


def expanded(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    old = (1,) * (len(wanted) - len(shape)) + shape
    return tuple(size if want == -1 else want for want, size in zip(wanted, old, strict=True))


row(
    "squeeze", lambda x, dim=None: x.reshape(
        [n for i, n in enumerate(x.shape) if n != 1 or not (dim is None or i in np.atleast_1d(dim) % x.ndim)]
    ),
    smooth(real(1, 3, 1)),
    smooth(real(1, 3, 1), 0),
    smooth(real(1, 3, 1), dim=-1),
    smooth(real(1, 3, 1), dim=1),
    smooth(real(1, 3, 1), (0, 2)),
    smooth(real(1, 3, 1), (0, 1)),
    smooth(real()),
    smooth(real(1)),
    smooth(real(0, 1), 1),
    smooth(gapped(real(2, 1)), 1),
    typed("int64", integers([1, 2])),
    fails(IndexError, "Dimension out of range", real(2, 1), 2),
    fails(IndexError, "Dimension out of range", real(), 1),
    fails(RuntimeError, "", real(1, 1), (0, 0)),
)  # fmt: skip
row(
    "unsqueeze", lambda x, dim: np.expand_dims(x, dim),
    smooth(real(), 0),
    smooth(real(), -1),
    smooth(real(2, 3), 1),
    smooth(real(2, 3), dim=-1),
    smooth(real(3, 2).T, 2),
    smooth(gapped(real(2, 3)), -3),
    smooth(real(0), 0),
    typed("bool", BOOLS, 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 3),
    fails(IndexError, "Dimension out of range", real(2, 3), -4),
)  # fmt: skip
row(
    "flatten", lambda x, start_dim=0, end_dim=-1: np.reshape(
        x, (*x.shape[:start_dim], -1, *x.shape[end_dim % max(x.ndim, 1) + 1 :]) if x.size else (0, 3)
    ),
    smooth(real(2, 3, 2)),
    smooth(real(2, 3, 2), 1),
    smooth(real(2, 3, 2), 0, 1),
    smooth(real(2, 3, 2), start_dim=1, end_dim=1),
    smooth(real()),
    smooth(real(3)),
    smooth(real(0, 3), 1),
    smooth(real(3, 2).T),
    smooth(gapped(real(2, 3, 2)), 0, -2),
    typed("int64", integers([1, 2])),
    fails(RuntimeError, "start_dim cannot come after end_dim", real(2, 3), 1, 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(IndexError, "Dimension out of range", real(), 1),
)  # fmt: skip
row(
    "flip", lambda x, *dims: np.flip(x, sizes(dims)),
    smooth(real(4), 0),
    smooth(real(2, 3), (0, 1)),
    smooth(real(2, 3), [1]),
    smooth(real(2, 3), -1, 0),
    smooth(real(2, 3), ()),
    smooth(real(3, 2).T, 1),
    smooth(gapped(real(2, 3)), 0),
    smooth(real(0, 3), 0),
    smooth(real(), ()),
    typed("bool", BOOLS, 1),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
    fails(RuntimeError, "", real(2, 3), (0, 0)),
    torch=lambda torch, x, *dims: x.flip(*dims),
)  # fmt: skip
row(
    "cat", lambda tensors, dim=0: np.concatenate([x for x in tensors if x.shape != (0,)] or tensors, dim),
    smooth([real(2, 3), real(1, 3, seed=1)]),
    smooth((real(2, 3), real(2, 1), real(2, 2)), 1),
    smooth([real(3, 2).T, gapped(real(2, 3))], dim=-2),
    smooth([real(2, 3)]),
    smooth([real(0), real(2, 3)]),
    smooth([real(0, 3), real(2, 3)]),
    smooth([real(0), real(0)]),
    edge([SPECIAL, -SPECIAL]),
    typed("float64", [real(2).astype("float32"), real(2)]),
    typed("float32", [integers(1, 2), real(2).astype("float32")]),
    typed("int64", [integers(1, 2), BOOLS[0]]),
    fails(RuntimeError, "zero-dimensional tensor (at position 1)", [real(2), real()]),
    fails(RuntimeError, "same number of dimensions", [real(2), real(2, 2)]),
    fails(RuntimeError, "", [real(2, 3), real(2, 2)]),
    fails(IndexError, "Dimension out of range", [real(2), real(2)], 1),
    not_in_torch(fails(RuntimeError, "non-empty list", [])),  # ValueError in PyTorch
    fails(TypeError, "must be a list or tuple of Tensors", real(2)),
    fails(TypeError, "must be a Tensor", [real(2), 3.0]),
)  # fmt: skip
row(
    "stack", lambda tensors, dim=0: np.stack(tensors, dim),
    smooth([real(2, 3), real(2, 3, seed=1)]),
    smooth((real(2), real(2, seed=1), real(2, seed=2)), 1),
    smooth([real(3, 2).T, gapped(real(2, 3))], dim=-2),
    smooth([real(), real(seed=1)]),
    smooth([real(0), real(0)], -1),
    typed("float64", [real(2).astype("float32"), real(2)]),
    typed("int64", [integers(1, 2), integers(1, 2, dtype="int32")]),
    fails(RuntimeError, "to be equal size", [real(2), real(3)]),
    fails(RuntimeError, "non-empty list", []),
    fails(IndexError, "Dimension out of range", [real(2), real(2)], 2),
)  # fmt: skip
row(
    "constant_pad", lambda x, pad, value=0: padded(x, pad, value),
    smooth(real(3), (1, 2)),
    smooth(real(2, 3), (1, 0, 0, 2), 0.5),
    smooth(real(2, 3), [1, 1], value=2),
    smooth(real(2, 3), (-1, 1)),
    smooth(real(3, 3), (-1, -1, 2, -2)),
    smooth(real(3, 2).T, (0, 1)),
    smooth(gapped(real(2, 3)), (1, 1)),
    smooth(real(0, 2), (1, 0)),
    smooth(real(0, 2), (0, 0, 1, 1)),
    smooth(real(2), ()),
    typed("int64", integers(1, 2), (1, 1), 7),
    typed("bool", BOOLS, (1, 1)),
    fails(RuntimeError, "padding", real(2, 3), (1, 1, 1)),
    fails(RuntimeError, "padding", real(2), (1, 1, 1, 1)),
    fails(RuntimeError, "takes away more than there is", real(2), (-2, -1)),
    torch=lambda torch, x, pad, value=0: torch.nn.functional.pad(x, pad, value=value),
)  # fmt: skip


def padded(x: np.ndarray, pad: Any, value: Any) -> np.ndarray:
    """One dimension after the other, the last first."""
    for i in range(len(pad) // 2):
        before, after = pad[2 * i : 2 * i + 2]
        x = np.moveaxis(x, -1 - i, 0)
        x = x[max(-before, 0) : len(x) - max(-after, 0)]
        border = lambda n, x=x: np.full((max(n, 0), *x.shape[1:]), value, x.dtype)
        x = np.moveaxis(np.concatenate([border(before), x, border(after)]), 0, -1 - i)
    return x


row(
    "repeat", lambda x, *counts: np.tile(x, sizes(counts)),
    smooth(real(3), 2),
    smooth(real(3), (2, 2)),
    smooth(real(2, 3), 1, 2),
    smooth(real(2, 1), [2, 1, 3]),
    smooth(real(), (3,)),
    smooth(real(), ()),
    smooth(real(2), 0),
    smooth(real(0, 2), (2, 1)),
    smooth(real(3, 2).T, 2, 1),
    smooth(gapped(real(2, 2)), 1, 2),
    typed("int64", integers(1, 2), 2, 2),
    fails(RuntimeError, "can not be smaller than number of dimensions", real(2, 3), 2),
    torch=lambda torch, x, *counts: x.repeat(*counts),
)  # fmt: skip


# Other shapes, joining, splitting.


MOVES = [
    smooth(real(2, 3, 4), 0, -1),
    smooth(real(2, 3, 4), (0, 1), (2, 0)),
    smooth(real(2, 3), (1, 0), (0, 1)),
    smooth(real(3, 2).T, [0], [1]),
    typed("int64", integers([1, 2]), 0, 1),
]
row(
    "movedim", np.moveaxis,
    *MOVES,
    smooth(real(), (), ()),
    fails(IndexError, "Dimension out of range", real(2, 3), 0, 2),
    fails(RuntimeError, "same number of dims", real(2, 3), (0, 1), (0,)),
    fails(RuntimeError, "repeated dim in `source`", real(2, 3), (0, 0), (0, 1)),
    fails(RuntimeError, "repeated dim in `destination`", real(2, 3), (0, 1), (1, 1)),
)  # fmt: skip
row("moveaxis", np.moveaxis, *MOVES)
row(
    "unflatten", lambda x, dim, given: np.reshape(x, (*x.shape[:dim], *given, *x.shape[dim % max(x.ndim, 1) + 1 :])),
    smooth(real(6), 0, (2, -1)),
    smooth(real(2, 6), 1, (3, 1, 2)),
    smooth(real(6, 2).T, 1, [2, 3]),
    smooth(real(0, 2), 0, (0, 3)),
    fails(RuntimeError, "don't multiply up", real(6), 0, (4, 2)),
    fails(RuntimeError, "must be non-empty", real(6), 0, ()),
    fails(IndexError, "Dimension out of range", real(6), 1, (2, 3)),
)  # fmt: skip
row("ravel", np.ravel, *AS_IT_IS)
row("view_as", lambda x, y: x.reshape(y.shape), smooth(real(2, 3), real(6)), torch="Tensor.view_as")
row("reshape_as", lambda x, y: x.reshape(y.shape), smooth(real(3, 2).T, real(6)), torch="Tensor.reshape_as")
row("expand_as", lambda x, y: np.broadcast_to(x, y.shape), smooth(real(3), real(2, 3)), torch="Tensor.expand_as")
for name, reference, least in (("fliplr", np.fliplr, 2), ("flipud", np.flipud, 1)):
    row(
        name, reference,
        smooth(real(2, 3)),
        smooth(real(2, 3, 2)),
        smooth(real(3, 2).T),
        smooth(real(0, 3)),
        typed("bool", BOOLS),
        fails(RuntimeError, f">= {least}-d", real(*(3,) * (least - 1))),
    )  # fmt: skip
row(
    "rot90", lambda x, k=1, dims=(0, 1): np.rot90(x, k, dims),
    *[smooth(real(2, 3), k) for k in (-1, 0, 1, 2, 3, 5)],
    smooth(real(2, 3, 4), 1, (2, 0)),
    smooth(real(3, 2).T, dims=[-1, 0]),
    typed("bool", BOOLS),
    fails(RuntimeError, "total dims >= 2", real(3)),
    fails(RuntimeError, "rotation dims == 2", real(2, 3), 1, (0, 1, 1)),
    fails(RuntimeError, "to be different", real(2, 3), 1, (1, -1)),
    fails(IndexError, "Dimension out of range", real(2, 3), 1, (0, 2)),
)  # fmt: skip
row(
    "roll", lambda x, shifts, dims=None: np.roll(x, shifts, dims),
    smooth(real(4), 1),
    smooth(real(2, 3), -2),
    smooth(real(2, 3), 4, 1),
    smooth(real(2, 3), (1, -1), (0, 1)),
    smooth(real(2, 3), (1, 1), dims=(1, -1)),
    smooth(real(3, 2).T, 1, [0]),
    smooth(gapped(real(2, 3)), 1, -1),
    smooth(real(0, 3), 1, 0),
    smooth(real(), 1),
    typed("bool", BOOLS, 1, 1),
    fails(RuntimeError, "shifts and dimensions must align", real(2, 3), (1, 2)),
    fails(RuntimeError, "shifts and dimensions must align", real(2, 3), (1, 2), 0),
    fails(IndexError, "Dimension out of range", real(2, 3), 1, 2),
)  # fmt: skip
for name, reference in (("fft.fftshift", np.fft.fftshift), ("fft.ifftshift", np.fft.ifftshift)):
    row(
        name, reference,
        *[smooth(real(*shape)) for shape in ((5,), (2, 3), (0, 3))],
        smooth(real(3, 4).T, 1),
        smooth(gapped(real(3, 4)), (0, -1)),
        typed("int64", integers(1, 2, 3)),
        fails(IndexError, "Dimension out of range", real(2, 3), 2),
    )  # fmt: skip


def windows(x, dim, size, step):
    x = np.moveaxis(x, dim, -1)
    parts = [x[..., i : i + size] for i in range(0, x.shape[-1] - size + 1, step)]
    return np.moveaxis(np.stack(parts), 0, dim if dim >= 0 else dim - 1)


WINDOWS = [
    (real(5), 0, 2, 1),
    (real(5), 0, 2, 2),
    (real(5), 0, 2, 3),
    (real(5), -1, 5, 1),
    (real(3), 0, 0, 2),
    (real(3, 4), 1, 2, 1),
    (real(4, 3), 0, 3, 1),
    (real(4, 3).T, 1, 2, 2),
    (gapped(real(2, 3)), -1, 2, 1),
]
row(
    "windows", windows,
    *[smooth(*args) for args in WINDOWS],
    typed("bool", BOOLS, 1, 2, 1),
    fails(RuntimeError, "maximum size for tensor at dimension 0 is 3 but size is 5", real(3), 0, 5, 1),
    fails(RuntimeError, "step is 0", real(3), 0, 2, 0),
    fails(RuntimeError, "size is -1", real(3), 0, -1, 1),
    fails(IndexError, "Dimension out of range", real(3), 1, 1, 1),
    torch="Tensor.unfold",
)  # fmt: skip
row(
    "add_windows", lambda x, shape, *how: adjoint(lambda y: windows(y, *how), shape, x),
    *[smooth(real(*windows(x, *how).shape), x.shape, *how) for x, *how in WINDOWS],
    torch=lambda torch, x, shape, *how: torch_adjoint(torch, lambda y: y.unfold(*how), shape, x),
)  # fmt: skip
row(
    "reinterpret", lambda x, dtype: x.view(dtype.dtype),
    typed("int32", real(2, 3).astype("float32"), autograd.int32),
    typed("float64", real(2, 4).astype("float32"), autograd.float64),
    typed("uint8", integers(1, 300), autograd.uint8),
    typed("int64", real(), autograd.int64),
    fails(RuntimeError, "cannot be 0", np.array(1.0), autograd.float32),
    fails(RuntimeError, "must be 1", real(2, 4).T, autograd.float32),
    fails(RuntimeError, "doesn't divide evenly", np.ones(3, "float32"), autograd.float64),
    torch=lambda torch, x, dtype: x.view(dtype),
)  # fmt: skip


def strided(x, size, stride, offset, layout):
    flat, out = np.reshape(x, -1), np.empty(size, x.dtype)
    for place in np.ndindex(*size):
        out[place] = flat[offset + int(np.dot(place, stride))]
    return out


STRIDES = [
    (real(6), (2, 3), (3, 1), 0),
    (real(2, 3), (2, 2), (1, 2), 1),
    (real(2, 3), (4,), (0,), 2),
    (real(16), (2, 2, 2, 2), (1, 1, 1, 1), 0),
    (real(1), (), (), 0),
    (real(3), (0, 2), (1, 1), 0),
]
row(
    "strided", strided,
    *[smooth(*args, tuple(np.array(args[0].strides) // 8)) for args in STRIDES],
    # As if it had been laid out in rows.
    smooth(real(3, 2).T, (2, 2), (1, 2), 1, (3, 1)),
    fails(RuntimeError, "out of bounds", real(3), (4,), (1,), 0, (1,)),
    fails(RuntimeError, "out of bounds", real(3), (3,), (1,), -1, (1,)),
    torch=None,
)  # fmt: skip
row(
    "as_strided", lambda x, size, stride, offset=0: strided(x, size, stride, offset, None),
    *[smooth(*args) for args in STRIDES],
    smooth(real(2, 3), [2], [1]),
    fails(RuntimeError, "out of bounds", real(3), (4,), (1,)),
    fails(RuntimeError, "mismatch in length", real(3), (2, 1), (1,)),
    fails(RuntimeError, "negative", real(3), (2,), (-1,)),
)  # fmt: skip
row(
    "view_copy", lambda x, to: x.view(to.dtype) if isinstance(to, autograd.dtype) else np.reshape(x, to),
    smooth(real(2, 3), (3, 2)),
    typed("int32", np.ones(2, "float32"), autograd.int32),
)  # fmt: skip
COPIES: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
    ("as_strided", lambda x, size, stride: strided(x, size, stride, 0, None), (real(2, 3), (2, 2), (1, 2))),
    ("diagonal", np.diagonal, (real(2, 3),)),
    ("expand", np.broadcast_to, (real(3), (2, 3))),
    ("narrow", lambda x, dim, start, length: x.take(range(start, start + length), dim), (real(2, 3), 1, 1, 2)),
    ("permute", np.transpose, (real(2, 3), (1, 0))),
    ("select", lambda x, dim, index: x.take(index, dim), (real(2, 3), 1, 1)),
    ("split", lambda x, size: np.split(x, [size]), (real(3), 2)),
    ("split_with_sizes", lambda x, given: np.split(x, given[:1]), (real(3), [1, 2])),
    ("squeeze", np.squeeze, (real(2, 1),)),
    ("t", np.transpose, (real(2, 3),)),
    ("transpose", np.swapaxes, (real(2, 3), 0, 1)),
    ("unbind", lambda x: tuple(x), (real(2, 3),)),
    ("unfold", windows, (real(5), 0, 2, 2)),
    ("unsqueeze", np.expand_dims, (real(3), 0)),
]
for name, reference, args in COPIES:
    row(f"{name}_copy", reference, smooth(*args))
row(
    "tile", lambda x, *counts: np.tile(x, sizes(counts)),
    smooth(real(2, 3), 2),
    smooth(real(2, 3), (2, 1, 2)),
    smooth(real(), (2,)),
    smooth(real(2, 3), ()),
    fails(RuntimeError, "negative dimension", real(3), -1),
    torch=lambda torch, x, *counts: x.tile(*counts),
)  # fmt: skip

VECTORS = [real(2), real(2, seed=1)]
MATRICES = [real(2, 3), real(3, 2).T]
for name, reference in (
    ("hstack", np.hstack),
    ("vstack", np.vstack),
    ("row_stack", np.vstack),
    ("dstack", np.dstack),
    ("column_stack", np.column_stack),
):
    row(
        name, reference,
        smooth(VECTORS),
        smooth(MATRICES),
        smooth([real(2, 1, 2), gapped(real(2, 1, 2))]),
        smooth([real(), real(seed=1)]),
        typed("float64", [integers(1, 2), real(2)]),
        fails(RuntimeError, "non-empty", []) if name != "row_stack" else smooth([real(1, 2)]),
        *[fails(RuntimeError, "must match", [real(2), real(3)])] * (name not in ("hstack", "row_stack")),
    )  # fmt: skip
for name, reference in (
    ("atleast_1d", np.atleast_1d),
    ("atleast_2d", np.atleast_2d),
    ("atleast_3d", np.atleast_3d),
):
    row(
        name, reference,
        *[smooth(real(*(2, 3, 1, 2)[:n])) for n in range(5)],
        smooth(real(), real(2)),
        fails(TypeError, "expected Tensors", 1),
    )  # fmt: skip
row(
    "broadcast_shapes", lambda *shapes: np.broadcast_shapes(*shapes),
    value((2, 1), (3,)),
    value((), 2, (0, 1)),
    fails(RuntimeError, "", (2,), (3,)),
    fails(ValueError, "negative", (-1,)),
)  # fmt: skip
row(
    "broadcast_tensors", lambda *xs: np.broadcast_arrays(*xs),
    smooth(real(2, 1), real(3)),
    smooth(real(), real(2, 3)),
    fails(RuntimeError, "", real(2), real(3)),
)  # fmt: skip
listed = lambda xs: xs[0] if isinstance(xs[0], list) else xs
row(
    "meshgrid", lambda *xs, indexing="ij": np.meshgrid(*listed(xs), indexing=indexing),
    smooth(real(2), real(3)),
    smooth([real(2), real(3)]),
    smooth(real(2), real(3), indexing="xy"),
    smooth(real(2), real(), real(3), indexing="xy"),
    smooth(real(2), indexing="xy"),
    fails(RuntimeError, "same dtype", real(2), integers(1)),
    fails(RuntimeError, "0D or 1D", real(2, 2)),
    fails(RuntimeError, "indexing must be", real(2), indexing="ab"),
    fails(RuntimeError, "non-empty"),
)  # fmt: skip
row(
    "cartesian_prod",
    lambda *xs: np.array(list(itertools.product(*xs)), xs[0].dtype) if len(xs) > 1 else xs[0],
    smooth(real(2), real(3)),
    smooth(real(2), real(3), real(1)),
    smooth(real(2)),
    fails(RuntimeError, "1D vector", real(2, 2)),
    fails(RuntimeError, "same dtype", real(2), integers(1)),
)  # fmt: skip
row(
    "combinations", lambda x, r=2, with_replacement=False: np.array(
        list((itertools.combinations_with_replacement if with_replacement else itertools.combinations)(x, r)), x.dtype
    ).reshape((-1, r) if r else 0),
    smooth(real(4)),
    smooth(real(4), 3),
    smooth(real(3), with_replacement=True),
    smooth(real(2), 3),
    edge(real(2), 0),
    fails(RuntimeError, "1D vector", real(2, 2)),
    fails(RuntimeError, "non-negative", real(2), -1),
)  # fmt: skip
row(
    "block_diag", scipy.linalg.block_diag,
    smooth(real(2, 3), real(1, 2)),
    smooth(real(2), real(), real(2, 1)),
    smooth(real(2, 2)),
    typed("float64", real(2), integers([1])),
    fails(RuntimeError, "2 or fewer dimensions", real(1, 1, 1)),
)  # fmt: skip


def cut(x, sections, dim):
    sections = sections.tolist() if isinstance(sections, np.ndarray) else sections
    return np.array_split(x, sections, dim)


row(
    "tensor_split", lambda x, sections, dim=0: cut(x, sections, dim),
    smooth(real(5), 2),
    smooth(real(2), 3),
    smooth(real(5), (1, 3)),
    smooth(real(5), [3, -1, 9]),
    smooth(real(2, 5), integers(1, 2), 1),
    smooth(real(5, 2).T, np.array(2), dim=-1),
    fails(RuntimeError, "must be larger than 0", real(3), 0),
    fails(RuntimeError, "at least 1 dimension", real(), 1),
    fails(IndexError, "Dimension out of range", real(3), 1, 1),
)  # fmt: skip
for name, axis, least in (("hsplit", 1, 1), ("vsplit", 0, 2), ("dsplit", 2, 3)):
    row(
        name, lambda x, sections, axis=axis: cut(x, sections, min(axis, x.ndim - 1)),
        smooth(real(*(4,) * least), 2),
        smooth(real(4, 2, 4), 2),
        smooth(real(4, 3, 4), (1, 2)),
        fails(RuntimeError, "not divisible by the split_size", real(3, 3, 3), 2),
        fails(RuntimeError, f"at least {least} dimension", real(*(4,) * (least - 1)), 1),
    )  # fmt: skip
row(
    "split", lambda x, size, dim=0: np.split(
        x, np.cumsum(size)[:-1] if isinstance(size, list) else range(size, x.shape[dim], size), dim
    ),
    smooth(real(5), 2),
    smooth(real(4), 2),
    smooth(real(2, 5), [1, 0, 4], 1),
    smooth(real(5, 2).T, 3, dim=-1),
    fails(RuntimeError, "positive split_size", real(3), -1),
    fails(RuntimeError, "don't add up", real(3), [1, 1]),
    fails(RuntimeError, "at least 1 dimension", real(), 1),
    fails(IndexError, "Dimension out of range", real(3), 1, 1),
)  # fmt: skip
row(
    "chunk", lambda x, chunks, dim=0: np.array_split(x, chunks, dim),
    smooth(real(5), 2),
    smooth(real(2, 6), 3, 1),
    smooth(real(5, 2).T, 2, -1),
    fails(RuntimeError, "greater than 0", real(3), 0),
    fails(RuntimeError, "at least 1 dimension", real(), 1),
)  # fmt: skip
for name in ("split_with_sizes", "unsafe_split_with_sizes"):
    row(name, lambda x, given, dim=0: np.split(x, np.cumsum(given)[:-1], dim), smooth(real(5), [1, 4]))
row("unsafe_split", lambda x, size: np.split(x, [size]), smooth(real(3), 2))
row("unsafe_chunk", np.array_split, smooth(real(5), 2))
row(
    "unbind", lambda x, dim=0: list(np.moveaxis(x, dim, 0)),
    smooth(real(3)),
    smooth(real(2, 3)),
    smooth(real(2, 3), -1),
    smooth(real(3, 2).T, dim=1),
    fails(IndexError, "no dimensions", real()),
    fails(IndexError, "Dimension out of range", real(2, 3), 2),
)  # fmt: skip
PAD_MODES = ("reflect", "replicate", "circular")


def bordered(x, pad, mode):
    """One dimension after the other, the last first; what is cropped comes back at the other side if not circular."""
    for i in range(len(pad) // 2):
        dim, before, after = x.ndim - 1 - i, *pad[2 * i : 2 * i + 2]
        crop = range(max(-before, 0), x.shape[dim] + max(before, 0) + after)
        if mode == "circular":
            x = x.take(range(max(-before, 0), x.shape[dim] + min(after, 0)), dim)
            crop = range(x.shape[dim] + max(before, 0) + max(after, 0))
        widths = [(max(before, 0), max(after, 0)) if j == dim else (0, 0) for j in range(x.ndim)]
        x = np.pad(x, widths, {"replicate": "edge", "circular": "wrap"}.get(mode, mode)).take(crop, dim)
    return x


row(
    "pad", lambda x, pad, mode="constant", value=None: (
        padded(x, pad, value or 0) if mode == "constant" else bordered(x, pad, mode)
    ),
    smooth(real(2, 3), (1, 2)),
    smooth(real(2, 3), (1, 2), "constant", 0.5),
    *[smooth(real(2, 3), pad, mode) for pad in ((1, 2), (2, 0), (0, 0), (2, -1)) for mode in PAD_MODES],
    *[smooth(real(2, 3, 2).T, pad, mode) for pad in ((1, 1, 1, 0), (0, 1, 2, -1)) for mode in PAD_MODES],
    *[smooth(gapped(real(1, 2, 3, 2)), (1, 0, 1, 1, -1, 1), mode=mode) for mode in PAD_MODES],
    smooth(real(2, 3), (5, 4), "replicate"),
    typed("int64", integers([1, 2, 3]), (1, 1), "reflect"),
    fails(RuntimeError, "divisible by 2", real(2, 3), (1,)),
    fails(NotImplementedError, "Unrecognised padding mode", real(2, 3), (1, 1), "mirror"),
    fails(RuntimeError, "doesn't take in value", real(2, 3), (1, 1), "reflect", 1.0),
    fails(NotImplementedError, "not supported for 1D", real(3), (1, 1), "reflect"),
    fails(RuntimeError, "should be less than", real(2, 3), (3, 0), "reflect"),
    fails(RuntimeError, "should be less than", real(2, 3), (4, 0), "circular"),
    fails(RuntimeError, "leaves nothing", real(2, 3), (-2, -2), "replicate"),
    torch="nn.functional.pad",
)  # fmt: skip


def shuffled(x, r):
    """Pixel by pixel."""
    *batch, channels, height, width = x.shape
    out = np.empty((*batch, channels // r**2, height * r, width * r), x.dtype)
    for c, h, w in np.ndindex(*out.shape[-3:]):
        out[..., c, h, w] = x[..., c * r**2 + h % r * r + w % r, h // r, w // r]
    return out


def unshuffled(x, r):
    """The place that each pixel came from."""
    *batch, channels, height, width = x.shape
    shape = (*batch, channels * r**2, height // r, width // r)
    return adjoint(lambda y: shuffled(y, r), shape, x)


SHUFFLE_FAILURES = lambda: [
    fails(RuntimeError, "at least 3 dimensions", real(2, 2), 2),
    fails(RuntimeError, "positive", real(4, 2, 2), 0),
    fails(RuntimeError, "divisible", real(3, 3, 3), 2),
]
row(
    "pixel_shuffle", shuffled,
    smooth(real(4, 1, 3), 2),
    smooth(real(2, 8, 2, 1), 2),
    smooth(real(2, 3, 9).T, 3),
    smooth(real(3, 2, 2), 1),
    *SHUFFLE_FAILURES(),
)  # fmt: skip
row(
    "pixel_unshuffle", unshuffled,
    smooth(real(1, 2, 6), 2),
    smooth(real(2, 2, 4, 2), 2),
    smooth(real(3, 2, 2), 1),
    *SHUFFLE_FAILURES(),
)  # fmt: skip
row(
    "channel_shuffle", lambda x, groups: x[:, np.arange(x.shape[1]).reshape(groups, -1).T.reshape(-1)],
    smooth(real(1, 4, 2), 2),
    smooth(real(2, 6, 1, 2), 3),
    fails(RuntimeError, "> 2 dims", real(3), 1),
    fails(RuntimeError, "positive", real(1, 4, 2), 0),
    fails(RuntimeError, "divisible by groups", real(1, 4, 2), 3),
)  # fmt: skip
row("linalg.vander", lambda x, N=None: np.stack([x**i for i in range(N or x.shape[-1])], -1),
    smooth(real(3)),
    smooth(real(2, 3), N=2),
    smooth(floats(0, 1, 2), N=4),
    typed("int64", integers(2, 3, dtype="int32")),
    fails(RuntimeError, "N must be greater than 1", real(3), N=1),
)  # fmt: skip
row(
    "vander", np.vander,
    # Its gradient fails in PyTorch 2.13.
    not_in_torch(smooth(real(3))),
    not_in_torch(smooth(real(3), 2)),
    not_in_torch(smooth(floats(0, 1, 2), 4, True)),
    value(real(3)),
    value(real(3), 0),
    typed("int64", integers(2, 3), 3, increasing=True),
    fails(RuntimeError, "non-negative", real(2), -1),
    fails(RuntimeError, "one-dimensional", real(2, 2)),
)  # fmt: skip

# Diagonals and triangles.

DIAGONALS = [
    (real(2, 3), 0, 0, 1),
    (real(3, 3), 1, 0, 1),
    (real(3, 3), -1, 1, 0),
    (real(2, 3), 2, 0, 1),
    (real(3, 2).T, -1, 0, 1),
    (real(2, 3, 2), 0, -1, 0),
    (gapped(real(3, 3)), 0, 0, 1),
    (real(2, 3), 5, 0, 1),
]
row(
    "diagonal", np.diagonal,
    *[smooth(*args) for args in DIAGONALS],
    smooth(real(2, 3), offset=1),
    typed("bool", BOOLS),
    fails(IndexError, "Dimension out of range", real(3)),
    fails(RuntimeError, "cannot be identical 1, -1", real(2, 3), 0, 1, -1),
)  # fmt: skip
row(
    "place_diagonal", lambda x, shape, *how: adjoint(lambda y: np.diagonal(y, *how), shape, x),
    *[smooth(real(*np.diagonal(x, *how).shape), x.shape, *how) for x, *how in DIAGONALS],
    torch=lambda torch, x, shape, *how: torch_adjoint(torch, lambda y: torch.diagonal(y, *how), shape, x),
)  # fmt: skip
row(
    "linalg.diagonal", lambda A, offset=0, dim1=-2, dim2=-1: np.diagonal(A, offset, dim1, dim2),
    smooth(real(2, 3)),
    smooth(real(2, 3, 3), offset=1),
    smooth(real(2, 3, 2), dim1=0, dim2=1),
    fails(IndexError, "matrix", real(3)),
)  # fmt: skip


def embedded(x, offset=0, dim1=-2, dim2=-1):
    n = x.shape[-1] + abs(offset)
    out = np.zeros((*x.shape[:-1], n, n), x.dtype)
    for i in range(x.shape[-1]):
        out[..., i - min(offset, 0), i + max(offset, 0)] = x[..., i]
    return np.moveaxis(out, (-2, -1), (dim1, dim2))


row(
    "diag_embed", embedded,
    smooth(real(3)),
    smooth(real(2, 3), 1),
    smooth(real(2, 3), -1, 0, 2),
    smooth(real(2, 3), 0, 2, 0),
    smooth(real(3, 2).T, dim1=1, dim2=0),
    typed("bool", BOOLS),
    fails(RuntimeError, "cannot be identical", real(3), 0, 0, 0),
    fails(IndexError, "Dimension out of range", real(3), 0, 0, 2),
)  # fmt: skip
row(
    "diag", np.diag,
    *[smooth(x, k) for x in (real(3), real(2, 3), real(3, 2).T) for k in (-1, 0, 1)],
    fails(RuntimeError, "Supports 1D or 2D", real()),
    fails(RuntimeError, "Supports 1D or 2D", real(2, 2, 2)),
)  # fmt: skip
row("diagflat", np.diagflat, smooth(real()), smooth(real(2, 2)), smooth(real(3), 1), smooth(real(3), -1))
for name, reference in (("tril", np.tril), ("triu", np.triu)):
    row(
        name, lambda x, diagonal=0, reference=reference: reference(x, diagonal),
        *[smooth(real(2, 3), k) for k in (-5, -1, 0, 1, 5)],
        smooth(real(2, 3, 3), diagonal=1),
        smooth(real(3, 2).T),
        smooth(gapped(real(3, 3))),
        smooth(real(2, 0)),
        edge(floats([INF, -INF], [NAN, INF])),
        typed("bool", BOOLS),
        typed("int64", integers([1, 2], [3, 4])),
        fails(RuntimeError, "at least 2 dimensions", real(3)),
    )  # fmt: skip
for name, reference in (("tril_indices", np.tril_indices), ("triu_indices", np.triu_indices)):
    row(
        name, lambda row, col, offset=0, dtype=None, reference=reference: np.array(reference(row, offset, col)),
        typed("int64", 2, 3),
        typed("int64", 3, 3, 1),
        typed("int64", 3, 2, -1),
        typed("int64", 0, 2),
        typed("int32", 2, 2, dtype=autograd.int32),
        fails(RuntimeError, "must be non-negative", -1, 2),
        fails(NotImplementedError, "indices are", 2, 2, dtype=autograd.float32),
    )  # fmt: skip


# Ops that pick elements, and their adjoints.

KEYS = {
    (4,): [1, -1, slice(1, 3), slice(None, None, 2), ..., None, integers(0, 2, 2, -1), floats(1, 0, 1, 0) > 0],
    (2, 3): [
        0,
        (1, 2),
        (slice(None), 1),
        (..., 0),
        (None, slice(1), ..., None),
        BOOLS,
        integers([1, 0], [1, 1]),
        (integers(0, 1, 0), integers(2, 2, 2)),
        (slice(None), integers(0, 0, 2)),
        (BOOLS[:, 0], slice(1, 3)),
        (integers(1, 1), None, slice(0, 2)),
        (1, integers(0, 0)),
        (integers([0], [1]), integers(0, 2)),
        integers(),
    ],
    (2, 2, 2): [
        (integers(0, 1), slice(None), integers(1, 1)),
        (slice(None), integers(0, 0), integers(1, 1)),
        (0, ..., 1),
    ],
    (): [..., None, (), np.array(True), np.array(False)],
    (0, 3): [slice(None), (slice(None), 1), integers()],
}
PICKS = [(real(*shape), key) for shape, keys in KEYS.items() for key in keys]
row(
    "getitem", lambda x, key: x[key],
    *[smooth(x, key) for x, key in PICKS],
    smooth(real(3, 2).T, (integers(1, 1), integers(2, 0))),
    smooth(gapped(real(2, 3)), (slice(None), slice(1, None))),
    edge(SPECIAL, slice(None, 3)),
    typed("int64", integers(1, 2, 3), slice(1, 3)),
    typed("bool", BOOLS, integers(1, 1)),
    fails(IndexError, "out of bounds", real(3), 3),
    fails(IndexError, "out of bounds", real(3), integers(0, 3)),
    fails(IndexError, "too many indices", real(3), (0, 0)),
    fails(IndexError, "", real(3), BOOLS[0, :2]),
    fails(IndexError, "", real(3), "a word"),
    torch=lambda torch, x, key: x[key],
)  # fmt: skip
row(
    "put_at", lambda x, key, shape: adjoint(lambda y: y[key], shape, x),
    *[smooth(real(*x[key].shape), key, x.shape) for x, key in PICKS],
    smooth(real(3, 2).T, (slice(None), integers(0, 1, 0)), (2, 3)),
    torch=lambda torch, x, key, shape: torch_adjoint(torch, lambda y: y[key], shape, x),
)  # fmt: skip
GATHERED = [
    (real(4), 0, integers(0, 3, 3)),
    (real(2, 3), 0, integers([0, 1, 1], [1, 1, 1], [0, 0, 0])),
    (real(2, 3), 1, integers([2, 2], [0, 1])),
    (real(2, 3), -1, integers([2])),
    (real(2, 2, 3), 1, integers([[1, 0, 1]])),
    (real(), 0, np.array(0)),
    (real(3), 0, integers()),
]
GATHER_FAILURES = [
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers([0])),
    fails(RuntimeError, "out of bounds", real(2, 3), 0, integers([2])),
    fails(RuntimeError, "out of bounds", real(2, 3), 0, integers([-1])),
    fails(RuntimeError, "same number of dimensions", real(2, 3), 0, integers(0)),
    fails(RuntimeError, "int64", real(2, 3), 0, real(2, 3)),
    fails(RuntimeError, "Size does not match", real(2, 3), 0, integers([0, 0, 0, 0])),
]


def gathered(x, dim, index):
    if not x.ndim:
        return x
    out = np.empty(index.shape, x.dtype)
    for place in np.ndindex(*index.shape):
        source = list(place)
        source[dim] = index[place]
        out[place] = x[tuple(source)]
    return out


row(
    "gather", gathered,
    *[smooth(*args) for args in GATHERED],
    smooth(real(3, 2).T, 1, gapped(integers([2, 2], [0, 1]))),
    smooth(gapped(real(2, 3)), dim=0, index=integers([1, 1, 0])),
    typed("int64", integers(5, 6, 7), 0, integers(2, 0)),
    *GATHER_FAILURES,
)  # fmt: skip
row(
    "ungather", lambda x, dim, index, shape: adjoint(lambda y: gathered(y, dim, index), shape, x),
    *[smooth(real(*index.shape), dim, index, x.shape) for x, dim, index in GATHERED],
    smooth(real(2, 2).T, 1, integers([2, 2], [0, 1]), (2, 3)),
    torch=lambda torch, x, dim, index, shape: torch_adjoint(torch, lambda y: torch.gather(y, dim, index), shape, x),
)  # fmt: skip
row(
    "index_select", lambda x, dim, index: np.take(x, index, dim) if x.ndim else x,
    smooth(real(4), 0, integers(3, 0, 3)),
    smooth(real(2, 3), 0, integers(1, 1, 0)),
    smooth(real(2, 3), -1, integers(2)),
    smooth(real(2, 3), dim=1, index=integers(0, 0, dtype="int32")),
    smooth(real(3, 2).T, 1, gapped(integers(2, 0))),
    smooth(gapped(real(2, 2, 2)), 1, integers(1, 1)),
    smooth(real(2, 3), 1, integers()),
    smooth(real(0, 3), 1, integers(1)),
    typed("bool", BOOLS, 1, integers(0)),
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers(0)),
    fails(IndexError, "out of range", real(2, 3), 0, integers(2)),
    fails(IndexError, "out of range", real(2, 3), 0, integers(-1)),
    fails(IndexError, "supposed to be a vector", real(2, 3), 0, integers([0])),
    fails(RuntimeError, "int", real(2, 3), 0, real(1)),
)  # fmt: skip
row(
    "masked_fill", lambda x, mask, value: np.where(mask, value, x),
    smooth(real(2, 3), BOOLS, 0.5),
    smooth(real(2, 3), BOOLS, real()),
    smooth(real(2, 3), BOOLS[0], real()),
    smooth(real(3, 2).T, gapped(BOOLS), 0),
    smooth(real(3), BOOLS, real()),
    smooth(real(0, 3), BOOLS[0], 1.0),
    smooth(real(), np.array(True), real(seed=1)),
    edge(SPECIAL, np.arange(10) % 2 == 0, NAN),
    edge(real(2, 3), BOOLS[:, :1], -INF),
    typed("int64", integers(1, 2, 3), BOOLS[0], 7),
    typed("float32", real(3).astype("float32"), BOOLS[0], real()),
    fails(RuntimeError, "boolean mask", real(3), integers(0, 1, 1), 0.0),
    fails(RuntimeError, "must match the size", real(2), BOOLS, 0.0),
    fails(RuntimeError, "0-dimensional", real(3), BOOLS[0], real(3)),
)  # fmt: skip
row(
    "one_hot", lambda x, num_classes=-1: np.eye(max(num_classes, x.max(initial=-1) + 1), dtype="int64")[x],
    typed("int64", integers(0, 2, 1)),
    typed("int64", integers([0, 2], [1, 1]), 4),
    typed("int64", integers([0, 2], [1, 1]).T, num_classes=3),
    typed("int64", np.array(1)),
    typed("int64", integers(), num_classes=3),
    fails(RuntimeError, "must be non-negative", integers(0, -1)),
    fails(RuntimeError, "must be smaller than num_classes", integers(0, 3), 3),
    fails(RuntimeError, "Can not infer total number of classes", integers()),
    fails(RuntimeError, "int64", real(2)),
    torch="nn.functional.one_hot",
)  # fmt: skip


ANYTHING = (real(), np.array(0), BOOLS, BOOLS.T, integers([0, 1]), real(0, 2))
row("argwhere", np.argwhere, *[typed("int64", x) for x in ANYTHING])
row(
    "nonzero", lambda x, as_tuple=False: np.nonzero(np.atleast_1d(x)) if as_tuple else np.argwhere(x),
    typed("int64", BOOLS),
    typed("int64", BOOLS, as_tuple=True),
    typed("int64", np.array(2), as_tuple=True),
    typed("int64", floats(0, NAN, -0.0)),
)  # fmt: skip
row(
    "nonzero_static", lambda x, size, fill_value=-1: np.concatenate(
        [np.argwhere(x), np.full((size, x.ndim), fill_value)]
    )[:size],
    typed("int64", BOOLS, size=5),
    typed("int64", BOOLS, size=1, fill_value=7),
    fails(RuntimeError, "non-negative", BOOLS, size=-1),
)  # fmt: skip
WRITES = [(x, key) for x, key in PICKS if x[key].size == len(np.unique(np.arange(x.size).reshape(x.shape)[key]))]
row(
    "write_at", lambda x, values, key: written(x, key, values),
    *[smooth(x, real(*x[key].shape, seed=1), key) for x, key in WRITES],
    smooth(real(2, 3), real(), integers(1, 0)),
    smooth(real(2, 3), real(2, 1), (slice(None), integers(0, 2))),
    edge(SPECIAL, real(2), slice(0, 2)),
    edge(real(3), SPECIAL[:2], integers(0, 1)),
    value(real(3), real(2), integers(1, 1)),
    typed("int64", integers(1, 2, 3), integers(7), integers(1)),
    fails(RuntimeError, "", real(3), real(2), integers(0, 1, 2)),
    fails(IndexError, "out of bounds", real(3), real(1), integers(3)),
    torch=None,
)  # fmt: skip


def written(x, key, values, combine=None):
    """Place by place: a later value replaces an earlier one, or is combined with what is there."""
    places = np.arange(x.size).reshape(x.shape)[key]
    out = x.reshape(-1).copy()
    for place, new in zip(places.reshape(-1), np.broadcast_to(values, places.shape).reshape(-1)):
        out[place] = new if combine is None else combine(out[place], new)
    return out.reshape(x.shape)


COMBINE = {"sum": np.add, "prod": np.multiply, "mean": np.add, "amax": np.maximum, "amin": np.minimum}
THRICE = integers(1, 0, 1)
ZEROED = floats(0.0, 2.0, 3.0)
row(
    "combine_at", lambda x, values, key, reduce: written(x, key, values, COMBINE[reduce]),
    *[smooth(real(4), real(3, seed=1), THRICE, reduce) for reduce in ("prod", "amax", "amin")],
    *[smooth(real(2, 3), real(2, 3, seed=1), (THRICE[:2, None], THRICE), r) for r in ("prod", "amax", "amin")],
    smooth(ZEROED, real(3), integers(0, 0, 2), "prod"),
    smooth(real(3), ZEROED, integers(0, 0, 2), "prod"),
    smooth(ZEROED, ZEROED, integers(0, 0, 2), "prod"),
    edge(real(3), floats(0, 0, 1), integers(1, 1, 1), "prod"),
    edge(floats(1, 2, 2), floats(2, 2, 2), integers(1, 1, 0), "amax"),
    edge(floats(1, 2, 2), floats(1, 2, 2), integers(1, 1, 0), "amin"),
    value(NAN_AND_ONE, floats(0, NAN), integers(0, 1), "amax"),
    typed("int64", integers(1, 2, 3), integers(5, 6), integers(1, 1), "prod"),
    typed("bool", BOOLS[0], BOOLS[1], THRICE, "amin"),
    torch=lambda torch, x, values, key, reduce: (
        x.scatter_reduce(0, key, values, reduce) if x.ndim == 1 else combined_in_torch(torch, x, values, key, reduce)
    ),
)  # fmt: skip


def combined_in_torch(torch, x, values, key, reduce):
    flat = (key[0] * x.shape[1] + key[1]).reshape(-1)
    return x.reshape(-1).scatter_reduce(0, flat, values.reshape(-1), reduce).reshape(x.shape)


def scattered(x, dim, index, src, combine=None):
    """Element by element."""
    flat, where_ = x.copy(), np.ndindex(*index.shape)
    if not x.ndim:
        return combine(x, src) if combine else np.array(src, x.dtype)
    for place in where_:
        target = (*place[: dim % x.ndim], index[place], *place[dim % x.ndim + 1 :])
        new = src[place] if np.ndim(src) else src
        flat[target] = new if combine is None else combine(flat[target], new)
    return flat


def scatter_reduced(x, dim, index, src, reduce, include_self=True):
    at = lambda start, value, how: scattered(start, dim, index, value, how)
    combine = COMBINE[reduce]
    neutral = {"prod": 1, "amax": x.min(), "amin": x.max()}.get(reduce, 0)
    neutral = {"amax": -INF, "amin": INF}.get(reduce, neutral) if x.dtype.kind == "f" else neutral
    out = at(x if include_self else at(x, neutral, None), src, combine)
    if reduce != "mean":
        return out
    count = at(np.ones(x.shape) if include_self else at(np.ones(x.shape), 0, None), 1, np.add)
    return out / count if x.dtype.kind == "f" else out // count.astype(x.dtype)


SCATTERED = [
    (real(4), 0, integers(2, 0), real(2)),
    (real(2, 3), 0, integers([0, 1, 1]), real(1, 3)),
    (real(2, 3), 1, integers([2, 1], [0, 1]), real(2, 2)),
    (real(3, 2).T, -1, integers([2, 0]), gapped(real(1, 2))),
    (real(2, 3), 1, integers([1], [2]), real(2, 3)),
    (real(2, 2, 2), 1, integers([[1, 0]]), real(1, 1, 2)),
    (real(), 0, np.array(0), real()),
    (real(3), 0, integers(), real(2)),
]
REPEATED = [
    (real(4), 0, integers(1, 1, 3, 1), real(4, seed=1)),
    (real(2, 3), 1, integers([0, 0, 0], [2, 1, 2]), real(2, 3, seed=1)),
    (real(3, 2).T, 0, integers([1, 0, 1], [1, 1, 1]), gapped(real(2, 3))),
]
# PyTorch has no gradient where src is larger than index.
SCATTER_SAMPLES = [
    not_in_torch(smooth(*args)) if np.shape(args[3]) != args[2].shape else smooth(*args) for args in SCATTERED
]
SCATTER_FAILURES = lambda: [
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers([0]), real(1, 1)),
    fails(RuntimeError, "index 5 is out of bounds", real(3), 0, integers(5), real(1)),
    fails(RuntimeError, "index -1 is out of bounds", real(3), 0, integers(-1), real(1)),
    fails(RuntimeError, "same number of dimensions", real(2, 3), 0, integers(0), real(1)),
    fails(RuntimeError, "int64", real(3), 0, real(1), real(1)),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1)),
    fails(RuntimeError, "no larger size than src", real(3), 0, integers(0, 1), real(1)),
    fails(RuntimeError, "must fit into", real(3, 2), 0, integers([1, 1, 1]), real(1, 3)),
]
row(
    "scatter", lambda x, dim, index, src=None, value=None, reduce=None: scattered(
        x, dim, index, value if src is None else src, {"add": np.add, "multiply": np.multiply, None: None}[reduce]
    ),
    *SCATTER_SAMPLES,
    smooth(real(4), 0, integers(2, 0), 5.0),
    smooth(real(2, 3), 1, integers([2], [0]), value=-1),
    # PyTorch has no gradient of these.
    not_in_torch(smooth(real(4), 0, integers(1, 1), 2.0, reduce="add")),
    not_in_torch(smooth(real(4), 0, integers(1, 1), real(2), reduce="multiply")),
    value(real(4), 0, integers(1, 1), 2.0, reduce="add"),
    value(real(4), 0, integers(1, 1), real(2), reduce="multiply"),
    typed("int64", integers(1, 2, 3), 0, integers(0), 7),
    typed("int64", integers(1, 2, 3), 0, integers(0, dtype="int32"), integers(7)),
    *SCATTER_FAILURES(),
    fails(RuntimeError, "without overflow", integers(1, 2, dtype="int8"), 0, integers(0), 300),
    fails(RuntimeError, "either add or multiply", real(3), 0, integers(0), 1.0, reduce="max"),
    fails(TypeError, "missing required argument", real(3), 0, integers(0)),
)  # fmt: skip
row(
    "scatter_add", lambda x, dim, index, src: scattered(x, dim, index, src, np.add),
    *SCATTER_SAMPLES,
    *[smooth(*args) for args in REPEATED],
    typed("int64", integers(1, 2, 3), 0, integers(0, 0), integers(7, 8)),
    *SCATTER_FAILURES(),
    fails(TypeError, "must be Tensor", real(3), 0, integers(0), 1.0),
)  # fmt: skip
REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")
row(
    "scatter_reduce", scatter_reduced,
    *[
        smooth(*args, reduce, include_self=include_self)
        for args in REPEATED for reduce in REDUCTIONS for include_self in (True, False)
    ],
    *[smooth(real(3), 0, integers(0, 2), real(2), reduce) for reduce in REDUCTIONS],
    *[edge(floats(1, 2), 0, integers(1, 1, 0), floats(2, 2, 1), reduce) for reduce in ("amax", "amin")],
    smooth(ZEROED, 0, integers(0, 0, 1), real(3), "prod"),
    smooth(real(3), 0, integers(0, 0, 1), ZEROED, "prod", include_self=False),
    *[typed("int64", integers(1, 2, 3), 0, integers(0, 0), integers(-7, 9), reduce) for reduce in REDUCTIONS],
    *[typed("bool", BOOLS[0], 0, integers(0, 0), BOOLS[1], r, include_self=False) for r in ("sum", "amax", "amin")],
    fails(RuntimeError, "must be either sum, prod", real(3), 0, integers(0), real(1), "median"),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1), "sum"),
)  # fmt: skip


def indexed(x, dim, index, source, combine=None):
    """Slice by slice."""
    out = np.atleast_1d(x).copy()
    rows = np.moveaxis(out, dim, 0)
    for place, new in zip(np.atleast_1d(index), np.moveaxis(np.atleast_1d(source), dim, 0)):
        rows[place] = new if combine is None else combine(rows[place], new)
    return out.reshape(x.shape)


def index_reduced(x, dim, index, source, reduce, include_self=True):
    start, count = x, np.ones(x.shape)
    if not include_self:
        neutral = {"prod": 1, "mean": 0, "amax": -INF, "amin": INF}[reduce]
        start = indexed(x, dim, index, np.full_like(source, neutral))
        count = indexed(count, dim, index, np.zeros_like(source))
    out = indexed(start, dim, index, source, COMBINE[reduce])
    return out / indexed(count, dim, index, np.ones_like(source), np.add) if reduce == "mean" else out


INDEXED = [
    (real(4), 0, integers(2, 0), real(2)),
    (real(2, 3), 1, integers(2, 1), real(2, 2)),
    (real(3, 2).T, -1, integers(0), gapped(real(2, 1))),
    (real(2, 2, 2), 1, integers(1), real(2, 1, 2)),
    (real(), 0, integers(0), real()),
    (real(2, 3), 0, integers(), real(0, 3)),
]
INDEX_FAILURES = lambda: [
    fails(IndexError, "Dimension out of range", real(2, 3), 2, integers(0), real(2, 3)),
    fails(IndexError, "supposed to be a vector", real(3), 0, integers([0]), real(1)),
    fails(IndexError, "out of range", real(3), 0, integers(3), real(1)),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1)),
    fails(RuntimeError, "source.shape = [2, 2]", real(2, 3), 0, integers(0, 1), real(2, 2)),
]
TWICE = [(real(2, 3), 0, integers(1, 1, 0), real(3, 3)), (real(4), 0, integers(1, 3, 1, dtype="int32"), real(3))]
row(
    "index_add", lambda x, dim, index, source, alpha=1: indexed(x, dim, index, alpha * source, np.add),
    *[smooth(*args) for args in INDEXED + TWICE],
    smooth(*INDEXED[1], alpha=-2.5),
    typed("int64", integers(1, 2, 3), 0, integers(1, 1), integers(5, 6), alpha=2),
    *INDEX_FAILURES(),
    fails(RuntimeError, "Number of indices (2)", real(3), 0, integers(0, 1), real(3)),
)  # fmt: skip
row(
    "index_copy", indexed,
    *[smooth(*args) for args in INDEXED],
    typed("bool", BOOLS, 1, integers(1), BOOLS[:, 2:]),
    *INDEX_FAILURES(),
    fails(IndexError, "Number of indices (2)", real(3), 0, integers(0, 1), real(3)),
)  # fmt: skip
row(
    "index_reduce", index_reduced,
    *[
        smooth(*args, reduce, include_self=include_self)
        for args in (TWICE[0], INDEXED[1]) for reduce in REDUCTIONS[1:] for include_self in (True, False)
    ],
    smooth(*TWICE[1], "prod"),
    fails(RuntimeError, "Expected reduce to be one of", real(3), 0, integers(0), real(1), "sum"),
    fails(RuntimeError, "same dtype", real(3), 0, integers(0), integers(1), "mean"),
    fails(RuntimeError, "Number of indices (2)", real(3), 0, integers(0, 1), real(3), "mean"),
)  # fmt: skip
row(
    "index_fill", lambda x, dim, index, new: np.array(new, x.dtype) if not x.ndim else np.moveaxis(
        indexed(np.moveaxis(x, dim, 0), 0, index % x.shape[dim], [new] * index.size), 0, dim
    ),
    smooth(real(4), 0, integers(2, 0), 5.0),
    not_in_torch(smooth(real(4), 0, integers(2, 2, -1), real())),  # negative ones have no gradient in PyTorch
    smooth(real(4), 0, integers(2, 2), real()),
    smooth(real(2, 3), -1, integers(1), real()),
    smooth(real(3, 2).T, 0, np.array(1), -1),
    smooth(real(), 0, integers(0), real()),
    typed("int64", integers(1, 2), 0, integers(0), 1.5),
    fails(RuntimeError, "0-dimensional value", real(3), 0, integers(0), real(1)),
    fails(IndexError, "out of range", real(3), 0, integers(3), 1.0),
    fails(IndexError, "int64", real(3), 0, integers(0, dtype="int32"), 1.0),
)  # fmt: skip
row(
    "index_put", lambda x, key, values, accumulate=False: written(
        x, tuple(k.astype(bool) if k.dtype == "uint8" else k for k in key), values, np.add if accumulate else None
    ),
    smooth(real(4), (integers(2, 0),), real(2)),
    smooth(real(2, 3), (integers(1, 0), integers(2, 2)), real(2)),
    smooth(real(2, 3), (integers(1, 0),), real(3)),
    smooth(real(2, 3), (BOOLS,), real(int(BOOLS.sum()))),
    smooth(real(2, 3), [BOOLS], real()),
    smooth(real(4), (integers(1, 1, 2),), real(3), accumulate=True),
    smooth(real(2, 3), (integers(1, 1), integers(2, 2)), real(), True),
    typed("int64", integers(1, 2), (integers(0),), integers(7)),
    not_in_torch(typed("int64", integers(1, 2), (integers(0, 1, dtype="uint8"),), integers(7))),
    fails(RuntimeError, "shape mismatch", real(3), (integers(0, 1),), real(3)),
    fails(RuntimeError, "dtypes match", real(3), (integers(0, 1),), integers(1, 2)),
    fails(IndexError, "out of bounds", real(3), (integers(3),), real(1)),
    fails(TypeError, "must be tuple of Tensors", real(3), integers(0), real(1)),
)  # fmt: skip
row(
    "put", lambda x, index, source, accumulate=False: written(
        x.reshape(-1), index.reshape(-1), source.reshape(-1), np.add if accumulate else None
    ).reshape(x.shape),
    smooth(real(2, 3), integers(5, 0), real(2)),
    smooth(real(3, 2).T, integers([-1], [1]), real(2)),
    smooth(real(2, 3), integers(1, 1, 2), real(3), True),
    smooth(real(), np.array(0), real(seed=1)),
    fails(IndexError, "tried to access index 3", real(3), integers(3), real(1)),
    fails(IndexError, "same number of elements", real(3), integers(0, 1), real(1)),
    fails(RuntimeError, "same dtype", real(3), integers(0), integers(1)),
    fails(RuntimeError, "long", real(3), integers(0, dtype="int32"), real(1)),
    torch="Tensor.put",
)  # fmt: skip
row(
    "take", np.take,
    smooth(real(2, 3), integers([5, 0], [-1, 0])),
    smooth(real(3, 2).T, integers(1, 1)),
    smooth(real(), integers(0, 0)),
    fails(IndexError, "tried to access index -4", real(3), integers(-4)),
    fails(IndexError, "tried to access index 0 on a tensor of 0", real(0), integers(0)),
    fails(RuntimeError, "long", real(3), integers(0, dtype="int32")),
)  # fmt: skip
row(
    "take_along_dim", lambda x, index, dim=None: (
        x.reshape(-1)[index.reshape(-1)] if dim is None else np.take_along_axis(x, index, dim)
    ),
    smooth(real(2, 3), integers([2, 0], [1, 1]), 1),
    smooth(real(2, 3), integers([1]), 0),
    smooth(real(1, 3), integers([0, 1], [-1, 2]), -1),
    smooth(real(2, 3), integers([5, 0], [1, 1])),
    fails(RuntimeError, "same number of dimensions", real(2, 3), integers(0), 1),
    fails(RuntimeError, "Long", real(3), real(3), 0),
    fails(IndexError, "Dimension out of range", real(3), integers(0), 1),
)  # fmt: skip
row(
    "masked_select", lambda x, mask: np.broadcast_arrays(x, mask)[0][np.broadcast_arrays(x, mask)[1]],
    smooth(real(2, 3), BOOLS),
    smooth(real(3), BOOLS),
    smooth(real(3, 2).T, BOOLS[0]),
    smooth(real(), np.array(True)),
    fails(RuntimeError, "BoolTensor", real(3), integers(0, 1, 1)),
    fails(RuntimeError, "", real(2), BOOLS),
)  # fmt: skip
row(
    "masked_scatter", lambda x, mask, source: written(
        *np.broadcast_arrays(x, mask), source.reshape(-1)[: np.broadcast_to(mask, np.broadcast(x, mask).shape).sum()]
    ),
    smooth(real(2, 3), BOOLS, real(3)),
    smooth(real(2, 3), BOOLS, real(2, 4)),
    smooth(real(3), BOOLS, real(3, seed=1)),
    smooth(real(3, 2).T, BOOLS[0], real(5)),
    fails(RuntimeError, "boolean masks", real(3), integers(0, 1, 1), real(2)),
    fails(RuntimeError, "number of ones in mask (3)", real(2, 3), BOOLS, real(2)),
    fails(RuntimeError, "same dtype", real(3), BOOLS[0], integers(1, 2)),
)  # fmt: skip
row(
    "repeat_interleave", lambda x, repeats=None, dim=None, output_size=None: (
        np.repeat(np.arange(len(x)), x) if repeats is None else np.repeat(x, repeats, dim)
    ),
    smooth(real(2, 3), 2),
    smooth(real(2, 3), 2, 0),
    smooth(real(3, 2).T, integers(1, 0, 2), -1),
    smooth(real(2, 3), integers(3), dim=1, output_size=9),
    smooth(real(), 3),
    typed("int64", integers(2, 0, 1)),
    fails(RuntimeError, "same size as input along dim", real(3), integers(1, 2), 0),
    fails(RuntimeError, "negative", real(3), integers(1, 2, -1)),
    fails(RuntimeError, "Invalid output_size", real(3), integers(2), 0, output_size=5),
    fails(IndexError, "Dimension out of range", real(3), 2, 1),
)  # fmt: skip
row(
    "select", lambda x, dim, index: np.take(x, index, dim),
    smooth(real(3), 0, 1),
    smooth(real(2, 3), 1, -1),
    smooth(real(3, 2).T, -1, 0),
    fails(IndexError, "index 5 out of range", real(3), 0, 5),
    fails(IndexError, "0-dim tensor", real(), 0, 0),
    fails(IndexError, "Dimension out of range", real(3), 1, 0),
)  # fmt: skip
row(
    "narrow", lambda x, dim, start, length: np.take(x, np.arange(length) + start, dim),
    smooth(real(4), 0, 1, 2),
    smooth(real(2, 3), 1, -2, 1),
    smooth(real(3, 2).T, -1, np.array(1), 2),
    smooth(real(3), 0, 3, 0),
    fails(RuntimeError, "exceeds dimension size", real(3), 0, 1, 5),
    fails(RuntimeError, "must be non-negative", real(3), 0, 1, -1),
    fails(IndexError, "start out of range", real(3), 0, 5, 1),
    fails(RuntimeError, "0-dim tensor", real(), 0, 0, 1),
)  # fmt: skip
row(
    "slice_scatter", lambda x, src, dim=0, start=None, end=None, step=1: written(
        x, (slice(None),) * dim + (slice(start, end, step),), src
    ),
    smooth(real(4), real(2), 0, 1, 3),
    smooth(real(2, 3), real(2, 2), 1, end=None, step=2),
    smooth(real(3, 2).T, real(1, 3), start=-1),
    fails(RuntimeError, "src size = [1], slice size = [2]", real(3), real(1), 0, 1),
    fails(IndexError, "Dimension out of range", real(3), real(3), 1),
)  # fmt: skip
row(
    "select_scatter", lambda x, src, dim, index: written(x, (slice(None),) * dim + (index,), src),
    smooth(real(3), real(), 0, 1),
    smooth(real(2, 3), real(2), 1, -1),
    fails(RuntimeError, "src size = [], slice size = [3]", real(2, 3), real(), 0, 0),
)  # fmt: skip
row(
    "diagonal_scatter", lambda x, src, *how: x - adjoint(lambda y: np.diagonal(y, *how), x.shape, np.diagonal(x, *how))
    + adjoint(lambda y: np.diagonal(y, *how), x.shape, src),
    smooth(real(2, 3), real(2)),
    smooth(real(3, 2).T, real(2), 1),
    smooth(real(2, 3, 2), real(3, 2), 0, 0, -1),
    fails(RuntimeError, "src size = [3], slice size = [2]", real(2, 2), real(3)),
)  # fmt: skip
row(
    "as_strided_scatter", lambda x, src, size, stride, offset=0: written(
        x.reshape(-1), strided(np.arange(x.size), size, stride, offset, None), src
    ).reshape(x.shape),
    # The gradient of the first argument is that of what was overwritten in PyTorch 2.13.
    not_in_torch(smooth(real(2, 3), real(2), (2,), (2,), 1)),
    not_in_torch(smooth(real(3), real(), (), ())),
    fails(RuntimeError, "src size = [3], slice size = [2]", real(4), real(3), (2,), (1,)),
)  # fmt: skip
row(
    "unravel_index", lambda x, shape: np.unravel_index(x % np.prod(shape), shape),
    typed("int64", integers(5, 0), (2, 3)),
    typed("int64", integers(-1, 6, dtype="int32"), (2, 3)),
    typed("int64", np.array(5), 6),
    fails(TypeError, "integer dtype", real(2), (2, 3)),
    fails(ValueError, "negative", integers(1), (-2, 3)),
)  # fmt: skip
row(
    "isin", lambda x, y, assume_unique=False, invert=False: np.isin(x, y, invert=invert),
    typed("bool", real(2, 3), real(2, 3)[0]),
    typed("bool", integers([1, 2], [3, 4]), integers(1, 4, 7), invert=True),
    typed("bool", NAN_AND_ONE, NAN_AND_ONE),
    typed("bool", integers(1, 2), 2),
    typed("bool", 2, integers(1, 2)),
    typed("bool", integers(1, 2), integers(2, 3), assume_unique=True),
    fails(TypeError, "expected a Tensor", 1, 2),
)  # fmt: skip


# Products.

row(
    "matmul", np.matmul,
    smooth(real(3), real(3, seed=1)),
    smooth(real(2, 3), real(3, 2)),
    smooth(real(2, 3), real(3)),
    smooth(real(2), real(2, 3)),
    smooth(real(2, 2, 3), real(3)),
    smooth(real(2), real(3, 2, 2)),
    smooth(real(2, 2, 3), real(3, 2)),
    smooth(real(2, 3), real(2, 3, 1)),
    smooth(real(2, 1, 2, 3), real(2, 3, 2)),
    smooth(real(1, 2, 2), real(2, 2, 1)),
    smooth(real(3, 2).T, gapped(real(3, 2))),
    smooth(real(2, 2), np.flip(real(2, 2, seed=1), 0)),
    smooth(real(0, 3), real(3, 2)),
    smooth(real(2, 0), real(0, 3)),
    smooth(real(0, 2, 3), real(3, 1)),
    edge(floats([1, INF], [NAN, 0]), floats([0, 1], [2, 3])),
    typed("int64", integers([1, 2], [3, 4]), integers(1, 2)),
    fails(RuntimeError, "shapes cannot be multiplied (2x3 and 2x3)", real(2, 3), real(2, 3)),
    fails(RuntimeError, "both arguments need to be at least 1D", real(), real(2)),
    fails(RuntimeError, "", real(2, 2, 3), real(3, 3, 2)),
    fails(RuntimeError, "one dtype", real(2).astype("float32"), real(2)),
    fails(RuntimeError, "one dtype", real(2), integers(1, 2)),
    fails(TypeError, "", real(2), 2.0),
)  # fmt: skip
row(
    "linear", lambda x, weight, bias=None: x @ weight.T + (0 if bias is None else bias),
    smooth(real(2, 3), real(4, 3), real(4)),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(3), real(2, 3), real(2)),
    smooth(real(2, 1, 3), real(2, 3), real(2)),
    smooth(real(3, 2).T, real(3, 2, seed=1).T, gapped(real(2))),
    smooth(gapped(real(2, 2, 2)), gapped(real(1, 2))),
    smooth(real(0, 3), real(2, 3), real(2)),
    smooth(real(2, 0), real(3, 0), real(3)),
    smooth(real(2, 0, 3), real(2, 3)),
    fails(RuntimeError, "shapes cannot be multiplied (2x3 and 2x4)", real(2, 3), real(4, 2)),
    fails(RuntimeError, "bias", real(2, 3), real(4, 3), real(3)),
    fails(RuntimeError, "one dtype", real(2, 3).astype("float32"), real(4, 3)),
    torch="nn.functional.linear",
)  # fmt: skip
for name, reference, shapes in (
    ("mm", np.matmul, [((2, 3), (3, 2)), ((0, 3), (3, 2)), ((2, 0), (0, 3))]),
    ("bmm", np.matmul, [((2, 1, 3), (2, 3, 2)), ((0, 1, 3), (0, 3, 2)), ((2, 2, 0), (2, 0, 2))]),
    ("mv", np.matmul, [((2, 3), (3,)), ((0, 3), (3,)), ((2, 0), (0,))]),
    ("dot", np.vdot, [((3,), (3,)), ((0,), (0,))]),
    ("vdot", np.vdot, [((3,), (3,)), ((0,), (0,))]),
):  # fmt: skip
    row(
        name, reference,
        *[smooth(real(*x), real(*y, seed=1)) for x, y in shapes],
        *[smooth(gapped(real(*x)), np.flip(real(*y, seed=1))) for x, y in shapes[:1]],
        *[edge(np.full(x, INF), np.ones(y)) for x, y in shapes[:1]],
        *[typed("int64", np.full(x, 2), np.full(y, 3)) for x, y in shapes],
        fails(RuntimeError, "expected a", real(2, 3, 1, 2), real(3, 2)),
        fails(RuntimeError, "cannot be multiplied", real(*shapes[0][0]),
              real(*(4 if size == 3 else size for size in shapes[0][1]))),
    )  # fmt: skip
row(
    "outer", np.outer,
    smooth(real(3), real(2)),
    smooth(np.flip(real(3)), gapped(real(2))),
    smooth(real(0), real(2)),
    typed("int64", integers(1, 2), integers(3, 4, dtype="int32")),
    typed("float32", integers(1, 2), real(2).astype("float32")),
    fails(RuntimeError, "expected a 1D", real(2, 2), real(2)),
    fails(RuntimeError, "expected a 1D", real(2), real()),
)  # fmt: skip
row(
    "kron", np.kron,
    smooth(real(2, 3), real(3, 1)),
    smooth(real(2), real(2, 1, 2)),
    smooth(real(), real(2)),
    # PyTorch wants the second laid out in rows.
    not_in_torch(smooth(real(3, 2).T, gapped(real(2, 2)))),
    smooth(real(0, 2), real(3, 2)),
    typed("float64", integers([1, 2], [3, 4]), real(2)),
)  # fmt: skip
row(
    "inner", np.inner,
    smooth(real(3), real(3, seed=1)),
    smooth(real(2, 3), real(3)),
    smooth(real(2, 1, 3), real(2, 3)),
    smooth(real(), real(2, 3)),
    smooth(real(2), real()),
    smooth(real(3, 2).T, gapped(real(3))),
    smooth(real(2, 0), real(3, 0)),
    typed("int64", integers(1, 2), integers(3, 4)),
    fails(RuntimeError, "last dimension must match", real(2, 3), real(2)),
)  # fmt: skip
row(
    "trace", np.trace,
    smooth(real(2, 2)),
    smooth(real(2, 3)),
    smooth(real(3, 2).T),
    smooth(gapped(real(3, 2))),
    smooth(real(0, 2)),
    edge(floats([INF, NAN], [1, 2])),
    typed("int64", integers([1, 2], [3, 4], dtype="int32")),
    fails(RuntimeError, "expected a matrix", real(2)),
    fails(NotImplementedError, "Bool", BOOLS),
)  # fmt: skip


def added(product: Callable[..., Any]) -> Callable[..., Any]:
    """``beta·x + alpha·product(y, z)``."""

    def reference(x, y, z, beta=1, alpha=1):
        made = product(y, z)
        return np.broadcast_to((x * beta if beta else 0) + made * alpha, made.shape)

    return reference


for name, product, shape, y, z in (
    ("addmm", np.matmul, (2, 2), (2, 3), (3, 2)),
    ("addmv", np.matmul, (2,), (2, 3), (3,)),
    ("addr", np.outer, (2, 3), (2,), (3,)),
    ("baddbmm", np.matmul, (2, 1, 2), (2, 1, 3), (2, 3, 2)),
    ("addbmm", lambda x, y: np.matmul(x, y).sum(0), (1, 2), (2, 1, 3), (2, 3, 2)),
):
    row(
        name, added(product),
        smooth(real(*shape), real(*y), real(*z)),
        smooth(real(*shape), np.flip(real(*y)), gapped(real(*z)), beta=0.5, alpha=-2),
        smooth(real(), real(*y), real(*z), alpha=0.5),
        smooth(real(1), real(*y), real(*z), beta=2),
        edge(np.full(shape, NAN), real(*y), real(*z), beta=0),
        typed("int64", np.full(shape, 1), np.full(y, 2), np.full(z, 3), beta=3, alpha=2),
        fails(RuntimeError, "sizes provided", real(5, 5, *shape), real(*y), real(*z)),
        fails(RuntimeError, "expected", real(*shape), real(*y), real(2, 2, 2, 2)),
        # PyTorch cuts the fraction off.
        not_in_torch(fails(RuntimeError, "beta", np.full(shape, 1), np.full(y, 2), np.full(z, 3), beta=0.5)),
    )  # fmt: skip

row(
    "einsum", np.einsum,
    smooth("i->", real(3)),
    smooth("ij->ji", real(2, 3)),
    smooth("ij", real(2, 3)),
    smooth("ba", real(2, 3)),
    smooth("ij,jk->ik", real(2, 3), real(3, 2)),
    smooth("ij, jk", real(3, 2).T, gapped(real(3, 2))),
    smooth("bij,bjk->bik", real(2, 1, 3), real(2, 3, 2)),
    smooth("bij,bjk->kbi", real(2, 1, 3), real(2, 3, 2)),
    smooth("i,j,k->kij", real(2), real(3), real(1)),
    smooth("i,i,i", real(3), real(3, seed=1), real(3, seed=2)),
    smooth("ij,kj,lj->ikl", real(2, 3), real(1, 3), real(2, 3, seed=1)),
    smooth("ii", real(3, 3)),
    smooth("ii->i", real(3, 3)),
    smooth("iji->j", real(2, 3, 2)),
    smooth("ii,ij->j", real(2, 2), real(2, 3)),
    smooth("...ij,...jk->...ik", real(2, 1, 2, 3), real(2, 3, 1)),
    smooth("...i->...", real(2, 2, 3)),
    smooth("...i,i", real(2, 3), real(3)),
    smooth("i...j,j->...", real(2, 2, 3), real(3)),
    smooth("ij,ij->ij", real(2, 1), real(1, 3)),
    smooth("ij,j->i", real(2, 3), real(1)),
    smooth("->", real()),
    smooth(",i->i", real(), real(2)),
    smooth("ij,jk->ik", real(2, 0), real(0, 3)),
    smooth("ij,jk", real(0, 3), real(3, 2)),
    smooth(real(2, 3), [0, 1], real(3, 2), [1, 2], [0, 2]),
    smooth(real(2, 2, 3), [..., 1], real(3), [1]),
    typed("int64", "ij,j->i", integers([1, 2], [3, 4]), integers(5, 6)),
    fails(RuntimeError, "fewer operands", "ij,jk", real(2, 3)),
    fails(RuntimeError, "more operands", "ij", real(2, 3), real(2)),
    fails(RuntimeError, "does not match the number of dimensions (1)", "ij", real(2)),
    fails(RuntimeError, "is more than the number of dimensions (1)", "...ij", real(2)),
    fails(RuntimeError, "invalid subscript '1'", "i1", real(2, 3)),
    fails(RuntimeError, "not part of any ellipsis", "i.j", real(2, 3)),
    fails(RuntimeError, "already found", "...i...", real(2, 3)),
    fails(RuntimeError, "output subscript k does not appear", "ij->k", real(2, 3)),
    fails(RuntimeError, "output subscript i appears more than once", "ij->ii", real(2, 3)),
    fails(RuntimeError, "does not broadcast with previously seen size 3", "ij,jk", real(2, 3), real(2, 3)),
    fails(RuntimeError, "is repeated", "ii", real(2, 3)),
    fails(ValueError, "within the valid range", real(2), [52]),
    fails(ValueError, "at least one operand", "ij"),
)  # fmt: skip
row(
    "tensordot", lambda a, b, dims=2: np.tensordot(a, b, dims),
    smooth(real(2, 3), real(2, 3, seed=1)),
    smooth(real(2, 3), real(3, 2), 1),
    smooth(real(2), real(3), 0),
    smooth(real(2, 2, 3), real(3, 2, 1), ([1, 2], [1, 0])),
    smooth(real(2, 2, 3), real(3, 1), dims=([-1], [0])),
    smooth(real(3, 2).T, gapped(real(3, 2)), 1),
    smooth(real(2, 0), real(0, 2), 1),
    typed("int64", integers(1, 2), integers(3, 4), 1),
    fails(RuntimeError, "need to match", real(2, 3), real(2, 3), 1),
    fails(RuntimeError, "dims=3", real(2, 2), real(2, 2), 3),
    fails(RuntimeError, "dims=-1", real(2, 2), real(2, 2), -1),
    fails(RuntimeError, "same length", real(2, 2), real(2, 2), ([0], [0, 1])),
    fails(RuntimeError, "multiple times", real(2, 2), real(2, 2), ([0, 0], [0, 1])),
    fails(IndexError, "Dimension out of range", real(2, 2), real(2, 2), ([2], [0])),
)  # fmt: skip
for name, default in (("cross", None), ("linalg.cross", -1)):
    row(
        name, lambda x, y, dim=default: np.cross(x, y, axis=x.shape.index(3) if dim is None else dim),
        smooth(real(3), real(3, seed=1)),
        smooth(real(2, 3), real(2, 3, seed=1), dim=1),
        smooth(real(3, 2), real(3, 2, seed=1), dim=-2),
        smooth(real(2, 3), real(1, 3), dim=-1),
        smooth(real(3, 2).T, gapped(real(2, 3))),
        smooth(real(0, 3), real(0, 3), dim=1),
        typed("int64", integers(1, 2, 3), integers(4, 5, 6)),
        fails(RuntimeError, "same number of dimensions", real(2, 3), real(3), dim=-1),
        fails(RuntimeError, "must have length 3", real(2, 2), real(2, 2), dim=-1),
        fails(IndexError, "Dimension out of range", real(2, 3), real(2, 3), dim=2),
    )  # fmt: skip
row(
    "linalg.vecdot", lambda x, y, dim=-1: (x * y).sum(dim),
    smooth(real(3), real(3, seed=1)),
    smooth(real(2, 3), real(3)),
    smooth(real(2, 3), real(2, 1), dim=0),
    smooth(real(3, 2).T, gapped(real(2, 3)), dim=-2),
    smooth(real(0, 3), real(0, 3)),
)  # fmt: skip
row("linalg.matmul", np.matmul, smooth(real(2, 3), real(3, 2)), smooth(real(2, 2, 3), real(3)))
CHAINS = [
    [real(2, 3), real(3, 2)],
    [real(2, 3), real(3, 1), gapped(real(1, 4)), real(2, 4).T],
    [real(3, 1), real(1, 3), real(3, 1, seed=1)],
]
row(
    "linalg.multi_dot", np.linalg.multi_dot,
    *map(smooth, CHAINS),
    smooth([real(2), real(2, 3), real(3, 2)]),
    smooth([real(3, 2), real(2, 3), real(3)]),
    smooth([real(2), real(2, 3), real(3)]),
    smooth([real(2), real(2, seed=1)]),
    smooth([real(2, 0), real(0, 3)]),
    fails(RuntimeError, "at least 2 tensors", [real(2, 3)]),
    fails(RuntimeError, "must be 2D", [real(2, 3), real(3), real(3)]),
    fails(RuntimeError, "must be 1D or 2D", [real(2, 2, 2), real(2, 2)]),
    fails(RuntimeError, "cannot be multiplied", [real(2, 3), real(2, 3)]),
)  # fmt: skip
row(
    "chain_matmul", lambda *matrices: np.linalg.multi_dot(matrices),
    *[smooth(*matrices) for matrices in CHAINS],
    fails(RuntimeError, "expected a 2D", real(2), real(2, 3)),
)  # fmt: skip


def norm_of(x: np.ndarray, p: float) -> np.ndarray:
    """The p-norm along the last dimension."""
    return np.linalg.norm(x, p, -1) if x.shape[-1] else np.zeros(x.shape[:-1], x.dtype)


def torch_cdist(torch: Any, x1: Any, x2: Any, p: float = 2.0, **mode: str) -> Any:
    """As PyTorch's, which has no second derivative."""
    torch.cdist(x1, x2, p, **mode)
    return torch.linalg.vector_norm(x1[..., :, None, :] - x2[..., None, :, :], p, -1)


row(
    "cdist", lambda x1, x2, p=2.0, compute_mode=None: norm_of(x1[..., :, None, :] - x2[..., None, :, :], p),
    *[smooth(real(2, 3), real(4, 3), p) for p in (0.5, 1, 1.5, 2, 3, INF)],
    smooth(real(2, 2, 3), real(2, 1, 3)),
    smooth(real(2, 1, 2, 3), real(2, 2, 3)),
    smooth(real(3, 2).T, gapped(real(2, 3)), p=3.0),
    smooth(real(0, 3), real(2, 3)),
    smooth(real(2, 3), real(4, 3), compute_mode="donot_use_mm_for_euclid_dist"),
    edge(real(2, 3), real(4, 3), 0),
    edge(np.zeros((2, 0)), np.zeros((3, 0))),
    *[edge(floats([1, 2], [3, 5.5]), floats([1, 2], [3, 5], [2, 4]), p) for p in (0, 0.5, 1, 1.5, 2.0, 3.0, INF)],
    value(floats([NAN, 1]), real(2, 2)),
    value(floats([INF, 1]), real(2, 2)),
    fails(RuntimeError, "same number of columns", real(2, 3), real(2, 4)),
    fails(RuntimeError, "at least 2D", real(3), real(2, 3)),
    fails(RuntimeError, "non-negative p", real(2, 3), real(2, 3), -1.0),
    fails(ValueError, "not a valid value for compute_mode", real(2, 3), real(2, 3), compute_mode="exact"),
    fails(RuntimeError, "floating-point", integers([1, 2]), integers([1, 2])),
    fails(RuntimeError, "one dtype", real(2, 3), real(2, 3).astype("float32")),
    torch=torch_cdist,
)  # fmt: skip
row(
    "dist", lambda x, y, p=2: norm_of((x - y).reshape(-1), p),
    *[smooth(real(2, 3), real(2, 3, seed=1), p) for p in (1, 1.5, 2, 3, INF)],
    smooth(real(2, 3), real(3)),
    smooth(real(), real(seed=1)),
)  # fmt: skip
row(
    "embedding", lambda index, weight, padding_idx=-1, scale_grad_by_freq=False: weight[index],
    smooth(integers(2, 0, 2), real(3, 2)),
    smooth(integers(2, 0, 2, dtype="int32"), real(3, 2)),
    edge(integers([0, 1], [1, 1]), real(2, 3), 1),
    edge(integers([0, 1], [1, 1]), real(2, 3), padding_idx=0),
    edge(integers(2, 0, 2), real(3, 2), scale_grad_by_freq=True),
    edge(integers(0, 1, 1, 1), real(3, 2).T, 0, True),
    smooth(integers([0, 1], [2, 3]).T, gapped(real(4, 2))),
    smooth(np.array(1), real(2, 3)),
    not_in_torch(smooth(integers(), real(2, 3))),  # no second derivative
    smooth(integers(0), real(2, 0)),
    fails(IndexError, "out of range", integers(0, 3), real(3, 2)),
    fails(IndexError, "out of range", integers(-1), real(3, 2)),
    fails(RuntimeError, "int64", real(2), real(3, 2)),
    fails(RuntimeError, "must be 2-D", integers(0, 1), real(3)),
    torch=lambda torch, index, weight, padding_idx=-1, scale_grad_by_freq=False: torch.nn.functional.embedding(
        index, weight, None if padding_idx < 0 else padding_idx, scale_grad_by_freq=scale_grad_by_freq
    ),
)  # fmt: skip


def bags(index, weight, offsets=None, max_norm=None, norm_type=2, scale=False, mode="mean", sparse=False, per=None,
         last=False, padding_idx=None):  # fmt: skip
    """The reference of embedding_bag, bag by bag."""
    if offsets is None:
        cut, weights = list(index), np.ones(index.shape) if per is None else per
    else:
        inner = offsets[1:-1] if last else offsets[1:]
        cut, weights = np.split(index, inner), np.split(np.ones(index.shape) if per is None else per, inner)
    made = []
    for places, factors in zip(cut, weights):
        kept = places != (-1 if padding_idx is None else padding_idx)
        rows = weight[places[kept]] * factors[kept, None].astype(weight.dtype)
        made.append(getattr(np, mode)(rows, axis=0) if len(rows) else 0 * weight[0])
    return np.array(made)


INDICES, TABLE = integers(2, 0, 2, 3, 1), real(4, 3)
row(
    "nn.functional.embedding_bag", bags,
    *[smooth(INDICES, TABLE, integers(0, 3), None, 2, False, mode) for mode in ("sum", "mean", "max")],
    *[smooth(integers([1, 2], [2, 2]), TABLE, None, None, 2, False, mode) for mode in ("sum", "mean", "max")],
    *[smooth(INDICES, TABLE, integers(0, 2, 2, 5), None, 2, False, mode) for mode in ("sum", "mean", "max")],
    smooth(INDICES, TABLE, integers(0, 3, 5), None, 2, False, "sum", False, real(5), True),
    *[edge(INDICES, TABLE, integers(0, 3), mode=mode, padding_idx=2) for mode in ("sum", "mean", "max")],
    # PyTorch divides by how often another row is there.
    not_in_torch(edge(INDICES, TABLE, integers(0, 3), None, 2, True, "sum")),
    fails(ValueError, "same shape", INDICES, TABLE, integers(0), None, 2, False, "sum", False, real(3)),
    fails(ValueError, "weight has to be a 2D", INDICES, real(3), integers(0)),
    fails(ValueError, "input has to be 1D or 2D", integers([[1]]), TABLE),
    fails(ValueError, "offsets has to be None", integers([1]), TABLE, integers(0)),
    fails(ValueError, "offsets has to be a 1D", INDICES, TABLE),
    fails(ValueError, "mode has to be one of", INDICES, TABLE, integers(0), None, 2, False, "min"),
    fails(ValueError, "max mode does not support scaling", INDICES, TABLE, integers(0), None, 2, True, "max"),
    fails(ValueError, "max mode does not support sparse", INDICES, TABLE, integers(0), None, 2, False, "max", True),
    fails(NotImplementedError, "only supported for mode='sum'", INDICES, TABLE, integers(0), None, 2, False, "mean",
          False, real(5)),
    fails(RuntimeError, "offsets[0] has to be 0", INDICES, TABLE, integers(1)),
    fails(RuntimeError, "can not be greater", INDICES, TABLE, integers(0, 9)),
    fails(RuntimeError, "out of range", integers(0, 4), TABLE, integers(0)),
    torch="nn.functional.embedding_bag", wrt=(1, 8),
)  # fmt: skip
row(
    "nn.functional.embedding", lambda index, weight, padding_idx=None: weight[index],
    smooth(integers(2, 0, 2), real(3, 2)),
    edge(integers(2, 0, 2), real(3, 2), -1),
    fails(AssertionError, "within the 3 rows", integers(0), real(3, 2), 3),
    fails(IndexError, "out of range", integers(0, 3), real(3, 2)),
    torch="nn.functional.embedding",
)  # fmt: skip
row(
    "added_rows", lambda x, index, count: adjoint(lambda y: y[index], (count, x.shape[-1]), x),
    smooth(real(3, 2), integers(2, 0, 2), 3),
    smooth(real(2, 2, 3), integers([0, 1], [1, 1]), 4),
    smooth(real(3), np.array(1), 2),
    smooth(real(0, 2), integers(), 3),
    torch=None,
)  # fmt: skip


# Linear algebra.


def regular(*shape: int, seed: int = 0) -> np.ndarray:
    """Matrices that are far from singular."""
    return real(*shape, seed=seed) + 3 * np.eye(*shape[-2:])


def positive(*shape: int) -> np.ndarray:
    """Symmetric matrices with positive eigenvalues."""
    x = real(*shape)
    return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1])


SQUARE = (
    regular(2, 2), regular(3, 3), regular(1, 1), regular(2, 2, 2), regular(3, 3).T, gapped(regular(2, 2)),
    real(0, 0), real(0, 2, 2),
)  # fmt: skip
NOT_SQUARE = fails(RuntimeError, "must be batches of square matrices", real(2, 3))
NOT_MATRIX = fails(RuntimeError, "at least 2 dimensions", real(2))
# Of integers, PyTorch sometimes says NotImplementedError.
NOT_FLOAT = fails(RuntimeError, "float32 or float64", integers([1, 2], [3, 4]))
# PyTorch's LinAlgError is another class.
SINGULAR = not_in_torch(fails(autograd.linalg.LinAlgError, "singular", np.ones((2, 2))))
BAD_MATRICES = (NOT_SQUARE, NOT_MATRIX, NOT_FLOAT)


def diagonal(x: np.ndarray) -> np.ndarray:
    return np.diagonal(x, 0, -2, -1)


def cofactors(A: np.ndarray) -> np.ndarray:
    """The determinants of what is left without a row and a column, with alternating signs."""
    n = A.shape[-1]
    out = np.zeros_like(A)
    for i, j in np.ndindex(n, n):
        minor = np.delete(np.delete(A, i, -2), j, -1)
        out[..., i, j] = (-1) ** (i + j) * np.linalg.det(minor)
    return out


def power_series(A: np.ndarray) -> np.ndarray:
    """``Σ Aᵏ/k!``."""
    term = total = np.broadcast_to(np.eye(A.shape[-1], dtype=A.dtype), A.shape)
    for k in range(1, 60):
        term = term @ A / np.asarray(k, A.dtype)
        total = total + term
    return total


# By powers of 2, so that elimination in any order arrives at 0 itself.
SINGULARS = (floats([1, 2], [2, 4]), floats([1, 2, 2], [2, 4, 4], [1, 0, 1]))
row("inverse", np.linalg.inv, *map(smooth, SQUARE), *BAD_MATRICES, SINGULAR)
row(
    "det", np.linalg.det,
    *map(smooth, SQUARE),
    *map(value, SINGULARS),  # whose gradient is 0 in PyTorch's float32: see the row of cofactor
    *BAD_MATRICES,
)  # fmt: skip
row("cofactor", cofactors, *map(smooth, SQUARE), *map(value, SINGULARS), torch=None)
row(
    "log_abs_det", lambda A: np.linalg.slogdet(A)[1],
    *map(smooth, SQUARE),
    value(np.ones((2, 2))),
    edge(regular(2, 2) * 1e9),
    torch=lambda torch, A: torch.linalg.slogdet(A)[1],
)  # fmt: skip
row("sign_of_det", lambda A: np.linalg.slogdet(A)[0], *map(smooth, SQUARE), edge(-regular(3, 3)), torch=None)
row(
    "slogdet", lambda A: tuple(np.linalg.slogdet(A)),
    *map(smooth, SQUARE[:2]),
    value(np.ones((2, 2))),
    *BAD_MATRICES,
)  # fmt: skip
row(
    "logdet", lambda A: np.log(np.linalg.det(A)),
    *map(smooth, SQUARE[:3]),
    value(np.ones((2, 2))),
    value(-regular(3, 3)),
    *BAD_MATRICES,
)  # fmt: skip
row(
    "matrix_exp", power_series,
    smooth(real(2, 2)),
    smooth(real(3, 3)),
    smooth(real(2, 2, 2)),
    smooth(gapped(real(2, 2)).T),
    smooth(real(0, 0)),
    edge(np.zeros((2, 2))),
    value(np.full((2, 2), NAN)),
    *BAD_MATRICES,
)  # fmt: skip
row(
    "matrix_power", np.linalg.matrix_power,
    *[smooth(regular(2, 2), n) for n in (-2, -1, 0, 1, 2, 3, 5)],
    smooth(regular(2, 3, 3), n=3),
    *[fails(f.error, f.fragment, *f.args, 2) for f in BAD_MATRICES[:2]],
    not_in_torch(fails(RuntimeError, "float32 or float64", integers([1, 2], [3, 4]), 2)),
)  # fmt: skip
row(
    "linalg.inv_ex", lambda A, check_errors=False: (np.linalg.inv(A), np.zeros(A.shape[:-2], "int32")),
    *map(smooth, SQUARE[:4]),
    *BAD_MATRICES,
    not_in_torch(fails(autograd.linalg.LinAlgError, "singular", np.ones((2, 2)), check_errors=True)),
)  # fmt: skip
row(
    "matrix_solve", np.linalg.solve,
    smooth(regular(2, 2), real(2, 3)),
    smooth(regular(2, 3, 3), real(3, 1)),
    smooth(regular(2, 2), real(3, 2, 1)),
    smooth(regular(2, 2).T, gapped(real(2, 1))),
    smooth(real(0, 0), real(0, 2)),
    fails(RuntimeError, "AX = B", regular(2, 2), real(3, 2)),
    torch="linalg.solve",
)  # fmt: skip


def solved(A: np.ndarray, B: np.ndarray, *, left: bool = True) -> np.ndarray:
    vectors = B.ndim == 1 or B.shape == A.shape[:-1]
    B = B[..., None] if vectors else B
    X = np.linalg.inv(A) @ B if left else B @ np.linalg.inv(A)
    return X[..., 0] if vectors else X


for name, reference in (
    ("linalg.solve", solved),
    ("linalg.solve_ex", lambda A, B, **how: (solved(A, B, **how), np.zeros(A.shape[:-2], "int32"))),
):
    row(
        name, reference,
        smooth(regular(2, 2), real(2, 3)),
        smooth(regular(2, 2), real(2)),
        smooth(regular(2, 3, 3), real(2, 3)),
        smooth(regular(2, 2), real(3, 2), left=False),
        *[fails(f.error, f.fragment, *f.args, real(2)) for f in BAD_MATRICES],
        fails(RuntimeError, "Incompatible shapes", regular(2, 2), real(3, 2)),
    )  # fmt: skip


def by_triangle(A: np.ndarray, B: np.ndarray, upper: bool, unit: bool = False) -> np.ndarray:
    """The solution for one triangle of A."""
    A = np.triu(A) if upper else np.tril(A)
    if unit:
        A = np.where(np.eye(A.shape[-1], dtype=bool), 1, A).astype(A.dtype)
    return np.linalg.inv(A) @ B


TRIANGULAR = [
    (regular(2, 2), real(2, 3)), (regular(3, 3).T, gapped(real(3, 1))), (regular(2, 2, 2), real(2, 1)),
    (regular(2, 2), real(3, 2, 1)), (real(0, 0), real(0, 2)), (real(2, 2), real(2, 0)),
]  # fmt: skip
row(
    "matrix_solve_triangular", by_triangle,
    *[smooth(A, B, up, unit) for A, B in TRIANGULAR for up in (False, True) for unit in (False, True)],
    fails(RuntimeError, "AX = B", regular(2, 2), real(3, 2), True, False),
    torch=lambda torch, A, B, up, unit: torch.linalg.solve_triangular(A, B, upper=up, unitriangular=unit),
)  # fmt: skip
row(
    "linalg.solve_triangular",
    lambda A, B, *, upper, left=True, unitriangular=False: (
        by_triangle(A, B, upper, unitriangular) if left else by_triangle(A.mT, B.mT, not upper, unitriangular).mT
    ),
    smooth(regular(2, 2), real(2, 3), upper=True),
    smooth(regular(2, 2), real(3, 2), upper=False, left=False),
    smooth(regular(3, 3), real(2, 3), upper=True, left=False, unitriangular=True),
    fails(RuntimeError, "square", real(2, 3), real(2, 1), upper=True),
    fails(RuntimeError, "Incompatible shapes", regular(2, 2), real(3, 2), upper=True),
)  # fmt: skip
row(
    "triangular_solve",
    lambda b, A, upper=True, transpose=False, unit=False: (
        by_triangle(A.mT if transpose else A, b, upper != transpose, unit), A
    ),
    smooth(real(2, 3), regular(2, 2)),
    smooth(real(2, 3), regular(2, 2), False),
    smooth(real(2, 3), regular(2, 2), True, True),
    fails(RuntimeError, "square", real(2, 1), real(2, 3)),
    wrt=(0, 1),
)  # fmt: skip
for name, reference, first in (
    ("cholesky_solve", lambda b, L, upper=False: np.linalg.solve(L.mT @ L if upper else L @ L.mT, b), (real(2, 3),)),
    ("cholesky_inverse", lambda L, upper=False: np.linalg.inv(L.mT @ L if upper else L @ L.mT), ()),
):
    # PyTorch's gradient is that of a full matrix, as if both triangles had been read.
    row(
        name, reference,
        smooth(*(x[:1] for x in first), regular(1, 1)),
        edge(*first, np.tril(regular(2, 2))),
        edge(*first, np.triu(regular(2, 2)), upper=True),
        edge(*first, np.tril(regular(3, 2, 2))),
        fails(RuntimeError, "square", *first, real(2, 3)),
    )  # fmt: skip
row(
    "linalg.tensorinv", np.linalg.tensorinv,
    smooth(regular(6, 6).reshape(2, 3, 6)),
    smooth(regular(4, 4).reshape(4, 2, 2), ind=1),
    fails(RuntimeError, "strictly positive", regular(2, 2), 0),
    fails(RuntimeError, "prod(A.shape[ind:])", real(2, 3), 1),
)  # fmt: skip
row(
    "linalg.tensorsolve", lambda A, B, dims=None: np.linalg.tensorsolve(A, B, dims),
    smooth(regular(6, 6).reshape(2, 3, 6), real(2, 3)),
    smooth(regular(6, 6).reshape(2, 3, 3, 2), real(2, 3)),
    smooth(regular(6, 6).reshape(6, 2, 3), real(2, 3), dims=(0,)),
    fails(RuntimeError, "prod(A.shape[B.ndim:])", real(2, 3), real(2)),
)  # fmt: skip
for name in ("matrix_pinv", "linalg.pinv", "pinverse"):
    own = (0.0, 1e-10, False) if name == "matrix_pinv" else ()
    row(
        name, lambda A, *how, **further: np.linalg.pinv(A, 1e-6),
        smooth(regular(2, 2), *own),
        smooth(regular(3, 2), *own),
        smooth(regular(2, 3).T, *own),
        smooth(gapped(regular(2, 2, 3)), *own),
        smooth(real(0, 2), *own),
        edge(np.ones((2, 2)), *own[:1], *(1e-6,) * (name != "linalg.pinv"), *own[2:]),
        fails(RuntimeError, "at least 2 dimensions", real(2), *own),
        torch=(lambda torch, A, atol, rtol, hermitian: torch.linalg.pinv(A, atol=atol, rtol=rtol))
        if name == "matrix_pinv" else name,
    )  # fmt: skip
row(
    "linalg.matrix_rank", lambda A, tol=None, hermitian=False, **how: np.linalg.matrix_rank(A, tol, hermitian),
    value(regular(2, 2)),
    value(real(2, 2, 1) @ real(2, 1, 3)),
    value(np.ones((3, 3)), hermitian=True),
    value(np.diag([3.0, 1.0, 0.1]), 0.5),
    value(real(0, 2)),
    fails(RuntimeError, "at least 2 dimensions", real(2)),
)  # fmt: skip
row(
    "linalg.lstsq", lambda A, B, rcond=None, driver=None: (
        np.linalg.pinv(A) @ B, ((A @ np.linalg.pinv(A) @ B - B) ** 2).sum(-2) if driver == "gels" else np.zeros(0),
        np.zeros(0) if driver == "gels" else np.linalg.matrix_rank(A),
        np.linalg.svdvals(A) if driver == "gelsd" else np.zeros(0),
    ),
    smooth(regular(3, 2), real(3, 2), driver="gels"),
    smooth(regular(2, 2), real(2, 1)),
    smooth(regular(2, 3), real(2, 1), driver="gelsd"),
    smooth(regular(2, 3, 2), real(2, 3, 1), driver="gelsy"),
    fails(RuntimeError, "driver", regular(2, 2), real(2, 1), driver="qr"),
    fails(RuntimeError, "should match", regular(2, 2), real(3, 1)),
)  # fmt: skip

# Of a symmetric matrix one triangle is read, so that slopes of single elements say nothing but where it has one.
row(
    "cholesky", lambda A, upper=False: np.linalg.cholesky(A).mT if upper else np.linalg.cholesky(A),
    smooth(positive(1, 1)),
    smooth(real(0, 0)),
    *[edge(A, upper) for A in (positive(3, 3), positive(2, 2, 2), gapped(positive(2, 2)).T) for upper in (False, True)],
    *BAD_MATRICES[:2],
    not_in_torch(NOT_FLOAT),
    not_in_torch(fails(autograd.linalg.LinAlgError, "not positive-definite", floats([1, 2], [2, 1]))),
)  # fmt: skip
row(
    "linalg.cholesky_ex", lambda A, upper=False, **how: (
        np.linalg.cholesky(A).mT if upper else np.linalg.cholesky(A), np.zeros(A.shape[:-2], "int32")
    ),
    *[edge(A) for A in (positive(3, 3), positive(2, 2, 2))],
    edge(positive(3, 3), upper=True),
    *BAD_MATRICES,
    not_in_torch(fails(autograd.linalg.LinAlgError, "positive-definite", -positive(2, 2), check_errors=True)),
)  # fmt: skip
row(
    "eigvalsh", lambda A, UPLO="L": np.linalg.eigh(A, UPLO)[0],
    smooth(real(1, 1)),
    smooth(real(0, 0)),
    edge(positive(3, 3)),
    edge(real(2, 3, 3), "U"),
    edge(gapped(real(2, 2)), UPLO="L"),
    *BAD_MATRICES[:2],
    not_in_torch(NOT_FLOAT),
    fails(RuntimeError, "'L' or 'U'", positive(2, 2), "X"),
    torch="linalg.eigvalsh",
)  # fmt: skip


# The signs of vectors are LAPACK's choice, and PyTorch has another.
row(
    "linalg.eigh", lambda A, UPLO="L": tuple(np.linalg.eigh(A, UPLO)),
    edge(positive(3, 3)),
    edge(real(2, 3, 3), "U"),
    *BAD_MATRICES,
    fails(RuntimeError, "'L' or 'U'", positive(2, 2), "X"),
    torch=None,
)  # fmt: skip
TALL_AND_WIDE = (
    regular(2, 2), regular(3, 3), regular(3, 2), regular(2, 3), regular(2, 3, 2), regular(4, 2).T,
    gapped(regular(2, 2)), real(0, 2), real(2, 0),
)  # fmt: skip


row(
    "svdvals", lambda A: np.linalg.svd(A)[1],
    *map(smooth, TALL_AND_WIDE),
    NOT_MATRIX,
    NOT_FLOAT,
    torch="linalg.svdvals",
)  # fmt: skip


def triangles_of(A: np.ndarray) -> np.ndarray:
    """Both triangles of Gauss's elimination, of each matrix."""
    if A.ndim > 2:
        return np.array([triangles_of(x) for x in A])
    (_, L, U), k = scipy.linalg.lu(A), min(A.shape)
    return np.pad(np.tril(L, -1), ((0, 0), (0, A.shape[1] - k))) + np.pad(U, ((0, A.shape[0] - k), (0, 0)))


row("eliminated", triangles_of, *map(smooth, TALL_AND_WIDE[:7]), torch=lambda torch, A: torch.linalg.lu_factor_ex(A)[0])
for name, reference in (
    ("svd", lambda A, some=True, compute_uv=True: (lambda U, S, Vh: (U, S, Vh.mT))(*np.linalg.svd(A, not some))),
    ("linalg.svd", lambda A, full_matrices=True: tuple(np.linalg.svd(A, full_matrices))),
):
    row(
        name, reference,
        smooth(regular(2, 2)),
        *[smooth(x, name == "svd") for x in (regular(3, 2), regular(2, 3), regular(2, 3, 2))],
        value(regular(3, 2), name != "svd"),
        NOT_MATRIX,
        NOT_FLOAT,
        torch=None,
    )  # fmt: skip
for name, modes in (("qr", (True, False)), ("linalg.qr", ("reduced", "complete"))):
    row(
        name, lambda A, how=True: tuple(np.linalg.qr(A, "complete" if how in (False, "complete") else "reduced")),
        *[smooth(x) for x in (regular(2, 2), regular(3, 2), regular(2, 3), regular(2, 3, 2))],
        smooth(regular(2, 3), modes[1]),
        # What completes Q has no derivative, which PyTorch says when it is asked for.
        not_in_torch(value(regular(3, 2), modes[1])),
        NOT_MATRIX,
        NOT_FLOAT,
    )  # fmt: skip
row(
    "geqrf", lambda A: (np.linalg.qr(A, "raw")[0].mT, np.linalg.qr(A, "raw")[1]),
    value(regular(2, 2)),
    value(regular(3, 2)),
    value(regular(2, 2, 3)),
    NOT_MATRIX,
    not_in_torch(NOT_FLOAT),
)  # fmt: skip


def reflections(A: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """The product of reflections, of one matrix."""
    made = np.eye(len(A), dtype=A.dtype)
    for i, t in enumerate(tau):
        v = np.concatenate([np.zeros(i), [1], A[i + 1 :, i]])
        made = made @ (np.eye(len(A)) - t * np.outer(v, v))
    return made[:, : A.shape[1]].astype(A.dtype)


row(
    "linalg.householder_product", reflections,
    smooth(real(3, 2), real(2)),
    not_in_torch(smooth(real(3, 3), real(2))),  # which loses digits in float32
    smooth(gapped(real(2, 2)).T, real(2)),
    fails(RuntimeError, "greater than or equal", real(2, 3), real(2)),
    fails(RuntimeError, "batch dimensions", real(2, 2), real(2, 2)),
    fails(RuntimeError, "at least 2 dimensions", real(2), real(2)),
)  # fmt: skip


def rotated(A: np.ndarray, tau: np.ndarray, x: np.ndarray, left: bool = True, transpose: bool = False) -> np.ndarray:
    Q = reflections(np.pad(A, ((0, 0), (0, max(len(A) - A.shape[1], 0)))), tau)
    Q = Q.mT if transpose else Q
    return Q @ x if left else x @ Q


row(
    "ormqr", rotated,
    smooth(real(3, 2), real(2), real(3, 2, seed=1)),
    smooth(real(3, 3), real(3), real(3, 1), transpose=True),
    smooth(real(3, 2), real(2), real(2, 3), left=False),
    smooth(gapped(real(3, 1)), real(1), real(2, 3), False, True),
    fails(RuntimeError, "do not fit", real(3, 2), real(2), real(2, 3)),
    fails(RuntimeError, "at least 2 dimensions", real(2), real(2), real(2, 3)),
)  # fmt: skip


def elimination(A: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(part.astype(A.dtype) for part in scipy.linalg.lu(A))


def factors(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """LAPACK's LU and pivots from 1, of one matrix."""
    LU, pivots = scipy.linalg.lu_factor(A)
    return LU, (pivots + 1).astype("int32")


row("linalg.lu", elimination, *map(smooth, TALL_AND_WIDE[:5]), NOT_MATRIX, not_in_torch(NOT_FLOAT))
for name in ("lu", "linalg.lu_factor", "linalg.lu_factor_ex"):
    row(
        name, (lambda A: (*factors(A), np.array(0, "int32"))) if name == "linalg.lu_factor_ex" else factors,
        *map(smooth, (regular(2, 2), regular(3, 3), real(3, 2), real(2, 3))),
        NOT_MATRIX,
        not_in_torch(NOT_FLOAT),
        fails(RuntimeError, "without pivoting", real(2, 2), pivot=False),
        torch=(lambda torch, A, pivot=True: torch.lu(A, pivot)) if name == "lu" else name,
    )  # fmt: skip
row(
    "lu_unpack", lambda LU, pivots: elimination(np.array([[1.0, 2.0], [4.0, 3.0]], LU.dtype)),
    edge(floats([4, 3], [0.25, 1.25]), integers(2, 2, dtype="int32")),
    fails(RuntimeError, "int32", real(2, 2), integers(1, 2)),
    fails(RuntimeError, "at least 2 dimensions", real(2), integers(1, 2, dtype="int32")),
)  # fmt: skip


def solved_by_factors(
    LU: np.ndarray, pivots: np.ndarray, B: np.ndarray, left: bool = True, adjoint: bool = False
) -> Any:
    solve = lambda B, how: scipy.linalg.lu_solve((LU, pivots - 1), B, how)
    return solve(B, int(adjoint)) if left else solve(B.mT, int(not adjoint)).mT


PIVOTS = integers(2, 3, 3, dtype="int32")
row(
    "linalg.lu_solve", solved_by_factors,
    *[smooth(regular(3, 3), PIVOTS, real(3, 2), adjoint=adjoint) for adjoint in (False, True)],
    *[smooth(regular(3, 3), PIVOTS, real(2, 3), left=False, adjoint=adjoint) for adjoint in (False, True)],
    fails(RuntimeError, "Incompatible shapes", regular(3, 3), PIVOTS, real(2, 2)),
)  # fmt: skip
row(
    "lu_solve", lambda b, LU, pivots: solved_by_factors(LU, pivots, b),
    smooth(real(3, 2), regular(3, 3), PIVOTS),
    fails(RuntimeError, "Incompatible shapes", real(2, 2), regular(3, 3), PIVOTS),
)  # fmt: skip


def norm_of_matrix(A: np.ndarray, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> np.ndarray:
    return np.linalg.norm(A, ord, dim, keepdim)


ORDERS = ("fro", "nuc", 2, -2, 1, -1, INF, -INF)
row(
    "linalg.matrix_norm", norm_of_matrix,
    *[smooth(regular(2, 3), ord) for ord in ORDERS],
    *[smooth(real(2, 3, 2), ord, (2, 0), keepdim) for ord in ORDERS for keepdim in (False, True)],
    fails(RuntimeError, "at least 2 dimensions", real(2)),
    fails(RuntimeError, "must be different", real(2, 3), dim=(0, -2)),
    fails(RuntimeError, "2-tuple", real(2, 3), dim=(0, 1, 2)),
    fails(RuntimeError, "Order 3 not supported", real(2, 3), 3),
    fails(RuntimeError, "floating point", integers([1, 2])),
)  # fmt: skip
row(
    "linalg.norm", lambda A, ord=None, dim=None, keepdim=False: np.linalg.norm(A, ord, dim, keepdim),
    smooth(real(3)),
    smooth(real(2, 3)),
    *[smooth(real(3), ord) for ord in (1, 2, 3, INF)],
    *[smooth(regular(2, 3), ord) for ord in ORDERS],
    smooth(real(2, 3), 3, 1),
    smooth(real(2, 3), 1, (0, 1), True),
    fails(RuntimeError, "1D or 2D", real(2, 2, 2), 2),
    fails(RuntimeError, "length 1 or 2", real(2, 2, 2), 2, (0, 1, 2)),
    fails(RuntimeError, "'fro' is of matrices", real(2), "fro"),
    fails(RuntimeError, "floating point", integers([1, 2])),
)  # fmt: skip
row(
    "linalg.cond", np.linalg.cond,
    *[smooth(regular(2, 2), p) for p in (None, 2, -2)],
    # PyTorch's own derivative of these fails: it has overwritten what it needs.
    *[not_in_torch(smooth(regular(2, 2), p)) for p in ("fro", "nuc", 1, -1, INF, -INF)],
    smooth(regular(2, 3)),
    NOT_FLOAT,
    fails(RuntimeError, "square", real(2, 3), 1),
)  # fmt: skip
row(
    "dropout", np.multiply,
    smooth(real(), np.array(2.0)),
    smooth(real(2, 3), BOOLS * 2.0),
    smooth(real(3, 2).T, gapped(BOOLS * 2.0)),
    smooth(real(0, 3), np.zeros((0, 3))),
    torch=lambda torch, x, noise: x * noise,
    wrt=(0,),
)  # fmt: skip


# Images.


def convolved(x, weight, bias, stride, padding, dilation, groups):
    """Filter by filter and place by place, in any number of dimensions."""
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    filters, channels, *kernel = weight.shape
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    out = np.zeros((len(x), filters, *((size - r) // s + 1 for size, r, s in zip(x.shape[2:], reach, stride))), x.dtype)
    for o, *place in np.ndindex(*out.shape[1:]):
        first = o // (filters // groups) * channels
        window = tuple(slice(i * s, i * s + r, d) for i, s, r, d in zip(place, stride, reach, dilation))
        seen = x[(slice(None), slice(first, first + channels), *window)]
        out[(slice(None), o, *place)] = np.sum(seen * weight[o], axis=tuple(range(1, x.ndim)))
    return out if bias is None else out + bias.reshape(-1, *[1] * len(kernel))


def geometry_of(n, stride=1, padding=0, dilation=1, groups=1):
    """Stride, padding, dilation and groups in ``n`` dimensions."""
    every = lambda value: tuple(value) if isinstance(value, (tuple, list)) else (value,) * n
    return every(stride), every(padding), every(dilation), groups


CONVOLUTIONS = [
    (x, weight, geometry_of(weight.ndim - 2, **geometry))
    for x, weight, geometry in (
        (real(1, 1, 3, 3), real(1, 1, 2, 2), {}),
        (real(2, 2, 3, 3), real(2, 2, 2, 2), {"padding": (1, 0)}),
        (real(1, 2, 4, 3), real(2, 1, 2, 1), {"stride": (2, 1), "groups": 2}),
        (real(1, 1, 5, 4), real(2, 1, 2, 2), {"stride": (2, 3), "padding": 1, "dilation": (2, 1)}),
        (real(1, 3, 2, 2), real(3, 1, 3, 3), {"padding": 1, "groups": 3}),
        (real(1, 2, 2, 2), real(4, 1, 2, 2), {"padding": 2, "groups": 2}),
        (np.transpose(real(1, 4, 3, 2), (0, 3, 1, 2)), gapped(real(1, 2, 2, 2)), {}),
        (real(1, 1, 2, 2), real(1, 1, 1, 1), {"stride": 3}),
        (real(0, 1, 3, 3), real(1, 1, 2, 2), {}),
        (real(2, 2, 4), real(3, 2, 2), {"stride": 2, "padding": 1}),
        (real(1, 1, 5), real(1, 1, 3), {"dilation": 2, "padding": 3}),
        (real(1, 1, 2, 3, 2), real(2, 1, 2, 2, 1), {"stride": (1, 2, 1), "padding": (1, 0, 0)}),
        (real(1, 2, 3, 2, 2), real(2, 1, 2, 1, 2), {"stride": (2, 1, 2), "dilation": (2, 1, 1), "groups": 2}),
    )
]
row(
    "convolution", convolved,
    *[smooth(x, weight, None, *geometry) for x, weight, geometry in CONVOLUTIONS],
    *[smooth(x, weight, real(len(weight)), *geometry) for x, weight, geometry in CONVOLUTIONS[1:4]],
    fails(
        RuntimeError, "one dtype", real(1, 1, 3, 3).astype("float32"), real(1, 1, 2, 2), None, (1, 1), (0, 0), (1, 1), 1
    ),
    torch=lambda torch, x, weight, bias, stride, padding, dilation, groups: torch.convolution(
        x, weight, bias, stride, padding, dilation, False, (0,) * len(stride), groups
    ),
)  # fmt: skip
ADJOINT_CALLS = [
    (x, weight, convolved(x, weight, None, *geometry).shape, geometry) for x, weight, geometry in CONVOLUTIONS
]


def torch_convolution(torch, x, weight, stride, padding, dilation, groups):
    return torch.convolution(x, weight, None, stride, padding, dilation, False, (0,) * len(stride), groups)


row(
    "convolution_input",
    lambda g, weight, shape, *geometry: adjoint(lambda x: convolved(x, weight, None, *geometry), shape, g),
    *[smooth(real(*out), weight, x.shape, *geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    torch=lambda torch, g, weight, shape, *geometry: torch_adjoint(
        torch, lambda x: torch_convolution(torch, x, weight, *geometry), shape, g
    ),
)  # fmt: skip
row(
    "convolution_weight",
    lambda g, x, shape, *geometry: adjoint(lambda weight: convolved(x, weight, None, *geometry), shape, g),
    *[smooth(real(*out), x, weight.shape, *geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    torch=lambda torch, g, x, shape, *geometry: torch_adjoint(
        torch, lambda weight: torch_convolution(torch, x, weight, *geometry), shape, g
    ),
)  # fmt: skip


def conv(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """`convolved` with PyTorch's ways to write the geometry, and images without a batch."""
    n = weight.ndim - 2
    if x.ndim == n + 1:
        return conv(x[None], weight, bias, stride, padding, dilation, groups)[0]
    stride, _, dilation, _ = geometry_of(n, stride, 0, dilation)
    if padding == "same":
        total = [d * (k - 1) for d, k in zip(dilation, weight.shape[2:])]
        x = np.pad(x, [(0, 0), (0, 0), *((t // 2, t - t // 2) for t in total)])
    border = 0 if isinstance(padding, str) else padding
    return convolved(x, weight, bias, *geometry_of(n, stride, border, dilation, groups))


def conv_transpose(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Each pixel of ``x`` adds its filters, weighed, to what lies under them."""
    n = weight.ndim - 2
    if x.ndim == n + 1:
        return conv_transpose(x[None], weight, bias, stride, padding, output_padding, groups, dilation)[0]
    stride, padding, dilation, _ = geometry_of(n, stride, padding, dilation)
    (extra, *_) = geometry_of(n, output_padding)
    reach = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilation)]
    whole = [(size - 1) * s + r + e for size, s, r, e in zip(x.shape[2:], stride, reach, extra)]
    per_group = weight.shape[1]
    out = np.zeros((len(x), per_group * groups, *whole), x.dtype)
    for c, *place in np.ndindex(*x.shape[1:]):
        first = c // (x.shape[1] // groups) * per_group
        window = tuple(slice(i * s, i * s + r, d) for i, s, r, d in zip(place, stride, reach, dilation))
        pixel = x[(slice(None), c, *place)].reshape(-1, *[1] * (n + 1))
        out[(slice(None), slice(first, first + per_group), *window)] += pixel * weight[c]
    out = out[(..., *(slice(p, size - p) for p, size in zip(padding, whole)))]
    return out if bias is None else out + bias.reshape(-1, *[1] * n)


ANY_CONVOLUTION = [
    fails(RuntimeError, "non-positive stride", real(1, 1, 3, 3), real(1, 1, 2, 2), stride=(0, 1)),
    fails(RuntimeError, "dilation should be greater than zero", real(1, 1, 3, 3), real(1, 1, 2, 2), dilation=0),
    fails(RuntimeError, "negative padding", real(1, 1, 3, 3), real(1, 1, 2, 2), padding=(-1, 0)),
    fails(RuntimeError, "non-positive groups", real(1, 1, 3, 3), real(1, 1, 2, 2), groups=0),
    fails(RuntimeError, "divisible by 2 at dimension 0", real(1, 3, 3, 3), real(3, 3, 2, 2), groups=2),
    fails(RuntimeError, "a list of 2 values", real(1, 1, 3, 3), real(1, 1, 2, 2), stride=(1, 1, 1)),
    fails(TypeError, "must be an int or a tuple of ints", real(1, 1, 3, 3), real(1, 1, 2, 2), stride=1.5),
    fails(RuntimeError, "to be 1-dimensional with 1 elements", real(1, 1, 3, 3), real(1, 1, 2, 2), real(2)),
    fails(RuntimeError, "Expected 3D (unbatched) or 4D (batched)", real(3, 3), real(1, 1, 2, 2)),
    fails(RuntimeError, "4D weight", real(1, 1, 3, 3), real(1, 1, 2)),
    fails(RuntimeError, "kernel size should be greater than zero", real(1, 1, 3, 3), real(1, 1, 0, 2)),
    fails(RuntimeError, "to have 2 channels, but got 1", real(1, 1, 3, 3), real(2, 2, 2, 2)),
    fails(RuntimeError, "one dtype", real(1, 1, 3, 3).astype("float32"), real(1, 1, 2, 2)),
]
row(
    "conv2d", conv,
    smooth(real(1, 2, 3, 3), real(2, 2, 2, 2), real(2), padding=1),
    smooth(real(1, 3, 3), real(1, 1, 2, 2), padding="same"),
    smooth(real(1, 4, 3), real(2, 1, 3, 2), real(2), padding="same", dilation=(1, 2)),
    smooth(real(1, 1, 3, 3), real(1, 1, 2, 2), padding="valid"),
    smooth(real(1, 1, 3, 4), real(1, 1, 2, 2), None, (2, 1), [1, 0], 1, 1),
    smooth(real(0, 2, 3, 3), real(2, 2, 2, 2), real(2)),
    typed("int64", integers([[1, 2, 3]]), integers([[[1, 2]]])),
    *ANY_CONVOLUTION,
    fails(RuntimeError, "Kernel size can't be greater", real(1, 1, 2, 2), real(1, 1, 3, 3)),
    fails(RuntimeError, "Invalid padding string", real(1, 1, 3, 3), real(1, 1, 2, 2), padding="full"),
    fails(RuntimeError, "strided", real(1, 1, 3, 3), real(1, 1, 2, 2), padding="same", stride=2),
    fails(RuntimeError, "zero batch or zero channel", real(1, 1, 0, 3), real(1, 1, 2, 2), padding=2),
    torch="nn.functional.conv2d",
)  # fmt: skip
row(
    "conv1d", conv,
    smooth(real(2, 2, 4), real(2, 2, 3), real(2), 2, 1),
    smooth(real(2, 4), real(4, 1, 2), padding="same", groups=2),
    fails(RuntimeError, "Expected 2D (unbatched) or 3D (batched)", real(1, 1, 3, 3), real(1, 1, 2)),
    torch="nn.functional.conv1d",
)  # fmt: skip
row(
    "conv3d", conv,
    smooth(real(1, 1, 2, 3, 2), real(1, 1, 2, 2, 2), real(1), (1, 2, 1)),
    smooth(real(1, 2, 2, 3), real(1, 1, 2, 2, 2), padding="same"),
    fails(RuntimeError, "Expected 4D (unbatched) or 5D (batched)", real(1, 1, 3), real(1, 1, 2, 2, 2)),
    torch="nn.functional.conv3d",
)  # fmt: skip
row(
    "conv_transpose2d", conv_transpose,
    smooth(real(1, 2, 2, 2), real(2, 1, 2, 2), real(1)),
    smooth(real(2, 2, 2), real(2, 2, 2, 3), real(4), stride=(2, 1), padding=(0, 1), groups=2),
    smooth(real(1, 1, 2, 2), real(1, 1, 2, 2), stride=3, output_padding=(2, 1), dilation=2),
    smooth(real(1, 1, 2, 2), real(1, 1, 2, 3), None, (1, 2), (1, 2), (1, 0), 1, (2, 3)),
    smooth(real(0, 1, 2, 2), real(1, 2, 2, 2), real(2)),
    *ANY_CONVOLUTION,
    fails(RuntimeError, "negative output_padding", real(1, 1, 3, 3), real(1, 1, 2, 2), output_padding=-1),
    fails(RuntimeError, "must be smaller than either", real(1, 1, 3, 3), real(1, 1, 2, 2), output_padding=1),
    fails(RuntimeError, "Output size is too small", real(1, 1, 3, 3), real(1, 1, 2, 2), padding=3),
    fails(TypeError, "must be an int or a tuple of ints", real(1, 1, 3, 3), real(1, 1, 2, 2), padding="same"),
    torch="nn.functional.conv_transpose2d",
)  # fmt: skip
row(
    "conv_transpose1d", conv_transpose,
    smooth(real(2, 2, 3), real(2, 1, 3), real(1), 2, 1, 1),
    fails(RuntimeError, "Expected 2D (unbatched) or 3D (batched)", real(1, 1, 3, 3), real(1, 1, 2)),
    torch="nn.functional.conv_transpose1d",
)  # fmt: skip
row(
    "conv_transpose3d", conv_transpose,
    smooth(real(1, 2, 1, 2), real(1, 1, 2, 1, 2), real(1), (2, 1, 1)),
    fails(RuntimeError, "Expected 4D (unbatched) or 5D (batched)", real(1, 1, 3), real(1, 1, 2, 2, 2)),
    torch="nn.functional.conv_transpose3d",
)  # fmt: skip


def window_columns(x, kernel_size, stride, padding, dilation, places):
    """Each window flattened, one after another."""
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    windows = [
        x[
            (..., *(slice(i * s, i * s + d * (k - 1) + 1, d) for i, s, d, k in zip(at, stride, dilation, kernel_size)))
        ].reshape(len(x), x.shape[1] * math.prod(kernel_size))
        for at in np.ndindex(*places)
    ]
    return np.stack(windows, axis=-1)


def summed_columns(columns, size, kernel_size, *geometry):
    shape = (len(columns), columns.shape[1] // math.prod(kernel_size), *size)
    return adjoint(lambda x: window_columns(x, kernel_size, *geometry), shape, columns)


WINDOWS = [
    (real(1, 2, 3, 3), (2, 2), (1, 1), (0, 0), (1, 1), (2, 2)),
    (real(2, 1, 4, 3), (2, 1), (1, 2), (1, 0), (2, 1), (4, 2)),
    (real(0, 1, 3, 3), (2, 2), (1, 1), (0, 0), (1, 1), (2, 2)),
]
torch_unfold = lambda torch, x, kernel_size, stride, padding, dilation, places: torch.nn.functional.unfold(
    x, kernel_size, dilation, padding, stride
)
torch_fold = lambda torch, x, size, kernel_size, stride, padding, dilation, places: torch.nn.functional.fold(
    x, size, kernel_size, dilation, padding, stride
)
row("im2col", window_columns, *[smooth(*call) for call in WINDOWS], torch=torch_unfold)
row(
    "col2im", summed_columns,
    *[smooth(real(*window_columns(*call).shape), call[0].shape[2:], *call[1:]) for call in WINDOWS],
    torch=torch_fold,
)  # fmt: skip


def windows_of(size, kernel_size, dilation=1, padding=0, stride=1):
    """The geometry as the ops take it."""
    kernel_size = geometry_of(2, kernel_size)[0]
    stride, padding, dilation, _ = geometry_of(2, stride, padding, dilation)
    places = tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(size, kernel_size, stride, padding, dilation)
    )  # fmt: skip
    return kernel_size, stride, padding, dilation, places


def unfold(x, *geometry, **named):
    batch = x if x.ndim == 4 else x[None]
    return window_columns(batch, *windows_of(x.shape[-2:], *geometry, **named)).reshape(
        *x.shape[:-3], -1, math.prod(windows_of(x.shape[-2:], *geometry, **named)[-1])
    )


def fold(columns, size, *geometry, **named):
    size = geometry_of(2, size)[0]
    batch = columns if columns.ndim == 3 else columns[None]
    found = summed_columns(batch, size, *windows_of(size, *geometry, **named))
    return found if columns.ndim == 3 else found[0]


WINDOW_FAILURES = [
    (RuntimeError, "kernel size should be greater than zero", {"kernel_size": 0}),
    (RuntimeError, "stride should be greater than zero", {"kernel_size": 2, "stride": (1, 0)}),
    (RuntimeError, "dilation should be greater than zero", {"kernel_size": 2, "dilation": 0}),
    (RuntimeError, "padding should be non-negative", {"kernel_size": 2, "padding": -1}),
]
row(
    "nn.functional.unfold", unfold,
    smooth(real(2, 1, 3, 3), 2),
    smooth(real(1, 3, 4), (2, 2), (1, 2), (1, 0), (2, 1)),
    fails(RuntimeError, "sliding blocks as (0, 0)", real(1, 1, 3, 3), 4),
    fails(RuntimeError, "Expected 3D or 4D", real(1, 1, 1, 3, 3), 2),
    *[fails(error, text, real(1, 1, 3, 3), **how) for error, text, how in WINDOW_FAILURES],
)  # fmt: skip
row(
    "nn.functional.fold", fold,
    smooth(real(2, 4, 4), 3, 2),
    smooth(real(4, 4), (3, 4), (2, 2), (1, 2), (1, 0), (2, 1)),
    fails(RuntimeError, "sliding blocks 2 * 2 = 4", real(1, 4, 5), (3, 3), 2),
    fails(RuntimeError, "divisible by the product of kernel_size", real(1, 5, 4), (3, 3), 2),
    fails(RuntimeError, "Expected 2D or 3D", real(4), (3, 3), 2),
    *[fails(error, text, real(1, 4, 4), (3, 3), **how) for error, text, how in WINDOW_FAILURES],
)  # fmt: skip


def pooled(x, kernel_size, stride, padding, dilation, ceil_mode, take):
    """``take(pixels of the window, how many places it has inside the padded image)`` for each window."""
    kernel_size, padding, dilation = (np.broadcast_to(value, 2) for value in (kernel_size, padding, dilation))
    stride = kernel_size if stride is None else np.broadcast_to(stride, 2)
    starts = []
    for size, k, s, p, d in zip(x.shape[-2:], kernel_size, stride, padding, dilation):
        places = (math.ceil if ceil_mode else math.floor)((size + 2 * p - d * (k - 1) - 1) / s) + 1
        starts.append([i * s - p for i in range(places) if not ceil_mode or i * s < size + p])
    out = np.zeros((*x.shape[:-2], *map(len, starts)), x.dtype)
    for p, q in np.ndindex(*out.shape[-2:]):
        taps = [
            [start + i * d for i in range(k)]
            for start, k, d in zip((starts[0][p], starts[1][q]), kernel_size, dilation)
        ]
        inside = [[i for i in line if 0 <= i < size] for line, size in zip(taps, x.shape[-2:])]
        area = math.prod(sum(i < n + pad for i in line) for line, n, pad in zip(taps, x.shape[-2:], padding))
        seen = x[..., inside[0], :][..., inside[1]]
        out[..., p, q] = take(seen.reshape(*x.shape[:-2], math.prod(map(len, inside))), area)
    return out


def max_pool2d(x, kernel_size, stride=None, padding=(0, 0), dilation=(1, 1), ceil_mode=False, return_indices=False):
    if return_indices:
        where = np.broadcast_to(np.arange(math.prod(x.shape[-2:])).reshape(x.shape[-2:]), x.shape)
        best = lambda seen, at: np.take_along_axis(at, largest_of(seen)[..., None], -1)[..., 0]
        pairs = pooled(x + 1j * where, kernel_size, stride, padding, dilation, ceil_mode, lambda s, _: best(s.real, s))
        return pairs.real.astype(x.dtype), np.round(pairs.imag).astype(np.int64)
    largest = lambda seen, area: seen.max(axis=-1, initial=-INF if x.dtype.kind == "f" else np.iinfo(x.dtype).min)
    return pooled(x, kernel_size, stride, padding, dilation, ceil_mode, largest)


def largest_of(seen):
    """Where the last NaN is, or else the first of the largest."""
    last_nan = seen.shape[-1] - 1 - np.isnan(seen[..., ::-1]).argmax(-1)
    return np.where(np.isnan(seen).any(-1), last_nan, np.nan_to_num(seen, nan=-INF).argmax(-1))


def avg_pool2d(
    x, kernel_size, stride=None, padding=(0, 0), ceil_mode=False, count_include_pad=True, divisor_override=None
):
    def take(seen, area):
        return seen.sum(axis=-1) / (divisor_override or (area if count_include_pad else seen.shape[-1]))

    return pooled(x, kernel_size, stride, padding, (1, 1), ceil_mode, take)


POOLINGS = [
    smooth(real(1, 1, 4, 4), (2, 2)),
    smooth(real(2, 3, 4), (2, 2), (1, 2)),
    smooth(real(1, 2, 3, 3), (2, 3), stride=(1, 1), padding=(1, 1)),
    smooth(real(1, 1, 4, 5), 2, ceil_mode=True),
    smooth(real(1, 1, 4, 5), (3, 2), (2, 2), padding=(1, 1), ceil_mode=True),
    smooth(np.transpose(real(4, 3, 2)), (2, 2)),
    smooth(gapped(real(1, 1, 3, 3)), (2, 2), 1),
    smooth(real(1, 1, 3, 7), 3, (1, 3), 1),
    smooth(real(0, 1, 3, 3), (2, 2)),
]
NOT_AN_IMAGE = fails(RuntimeError, "Expected 3D or 4D", real(3, 3), (2, 2))
POOLING_FAILURES = [
    fails(RuntimeError, "pad should be at most half of kernel size", real(1, 3, 3), (2, 2), padding=(2, 0)),
    fails(RuntimeError, "output size is too small", real(1, 2, 2), (3, 3)),
    fails(RuntimeError, "must be greater than zero", real(1, 3, 3), (0, 1)),
    fails(RuntimeError, "kernel_size must be an int or have 2", real(1, 3, 3), (1, 1, 1)),
    fails(RuntimeError, "optional 0 dim batch size", real(1, 0, 3, 3), 2),
]
row(
    "max_pool2d", max_pool2d,
    *POOLINGS,
    smooth(real(1, 1, 5, 4), (2, 2), (1, 1), dilation=(2, 1)),
    smooth(real(1, 1, 5, 4), (2, 2), (2, 2), (1, 1), (1, 2), True),
    smooth(real(1, 1, 5, 4), 2, return_indices=True),
    edge(floats([[1, 1, 0], [1, 1, 2], [0, 2, 2]]), (2, 2), (1, 1)),
    edge(floats([[NAN, 1, -INF], [1, 1, -INF], [0, INF, -INF]]), (2, 2), (1, 1)),
    edge(floats([[NAN, 1, NAN], [1, NAN, 2], [0, NAN, 1]]), (3, 2), (1, 1), return_indices=True),
    edge(floats([[-INF, -INF], [-INF, -INF]]), (2, 2)),
    value(real(1, 1, 1), (2, 1), padding=(1, 0), dilation=(2, 1)),  # the window sees padding only
    typed("int64", integers([[[1, 5], [3, 2]]]), 2),
    *POOLING_FAILURES, NOT_AN_IMAGE,
    torch="nn.functional.max_pool2d",
)  # fmt: skip
row(
    "nn.functional.avg_pool2d", avg_pool2d,
    *POOLINGS,
    smooth(real(1, 1, 3, 3), (2, 2), padding=(1, 1), count_include_pad=False),
    smooth(real(1, 1, 4, 5), (3, 2), (2, 2), (1, 1), True, False),
    smooth(real(1, 1, 3, 3), (2, 2), (1, 1), divisor_override=3),
    edge(floats([[[INF, 1, 1, 1], [1, 1, 1, NAN]]]), 2),
    *POOLING_FAILURES,
    fails(RuntimeError, "divisor must be not zero", real(1, 3, 3), 2, divisor_override=0),
    not_in_torch(NOT_AN_IMAGE),  # IndexError there
)  # fmt: skip


def along_last(pool: Callable[..., Any]) -> Callable[..., Any]:
    """A pooling of images as one of signals (..., L)."""
    pair = lambda value: (1, np.ravel(value)[0])

    def pooled(x, kernel_size, stride=None, padding=0, *rest, **params):
        params = {k: pair(v) if k == "dilation" else v for k, v in params.items()}
        step = None if stride is None else pair(stride)
        found = pool(x[..., None, :], pair(kernel_size), step, (0, np.ravel(padding)[0]), *rest, **params)
        return tuple(f[..., 0, :] for f in found) if isinstance(found, tuple) else found[..., 0, :]

    return pooled


SIGNALS = [
    smooth(real(2, 3, 5), 2),
    smooth(real(2, 7), 3, 2, 1),
    smooth(real(2, 1, 4).T, (2,), 1),
    smooth(real(1, 1, 6), 3, 2, 1, ceil_mode=True),
    smooth(real(0, 2, 4), 2),
    fails(RuntimeError, "Expected 2D or 3D", real(3), 2, 1),
    fails(RuntimeError, "pad should be at most half", real(1, 5), 2, 1, 2),
    fails(RuntimeError, "output size is too small", real(1, 2), 3, 1),
]
row(
    "max_pool1d", along_last(max_pool2d),
    *SIGNALS, smooth(real(1, 2, 7), 3, 1, dilation=2), smooth(real(1, 2, 7), 3, return_indices=True),
    torch="nn.functional.max_pool1d",
)  # fmt: skip
row(
    "nn.functional.avg_pool1d", along_last(avg_pool2d),
    *SIGNALS, smooth(real(1, 1, 5), 3, 2, 1, count_include_pad=False),
)  # fmt: skip


def volumes(take: Callable[..., Any]) -> Callable[..., Any]:
    """``take`` of each box, without padding."""

    def pooled(x, kernel_size, stride=None, **params):
        size = np.broadcast_to(kernel_size, 3)
        step = size if stride is None else np.broadcast_to(stride, 3)
        view = np.lib.stride_tricks.sliding_window_view(x, size, (-3, -2, -1))
        view = view[..., :: step[0], :: step[1], :: step[2], :, :, :]
        return take(view.reshape(*view.shape[:-3], math.prod(size)))

    return pooled


VOLUMES = [
    smooth(real(1, 1, 2, 4, 3), 2),
    smooth(real(2, 3, 2, 3), (2, 1, 2), 1),
    smooth(real(0, 1, 2, 2, 2), 2),
    fails(RuntimeError, "Expected 4D or 5D", real(3, 3), 2, 1),
    fails(RuntimeError, "pad should be at most half", real(1, 2, 2, 2), 2, 1, 2),
]
row("max_pool3d", volumes(lambda boxes: boxes.max(-1)), *VOLUMES, torch="nn.functional.max_pool3d")
row("nn.functional.avg_pool3d", volumes(lambda boxes: boxes.mean(-1)), *VOLUMES)
for name, dims in (("1d", 1), ("2d", 2), ("3d", 3)):
    shape = (2, 2, 2, 4)[3 - dims :]

    def lp_pool(x, norm_type, kernel_size, stride=None, ceil_mode=False, dims=dims):
        sums = lambda boxes: (boxes**norm_type).sum(-1) ** (1 / norm_type)
        lead = (1,) * (3 - dims)
        spread = x.reshape(*x.shape[:-dims], *lead, *x.shape[-dims:])
        found = volumes(sums)(spread, (*lead, *np.broadcast_to(kernel_size, dims)), stride)
        return found.reshape(*x.shape[:-dims], *found.shape[found.ndim - dims :])

    row(
        f"nn.functional.lp_pool{name}", lp_pool,
        smooth(real(1, *shape, low=0.3), 2, 2),
        smooth(real(*shape, low=0.3), 3.0, 2),
        fails(RuntimeError, "output size is too small", real(*shape), 2, 5),
    )  # fmt: skip


def adaptive(take: Callable[..., Any]) -> Callable[..., Any]:
    def pooled(x, output_size, dims):
        sizes = np.broadcast_to(np.array(output_size, object), dims)
        wanted = [n if size is None else size for n, size in zip(x.shape[-dims:], sizes)]
        out = np.zeros((*x.shape[:-dims], *wanted), x.dtype)
        for place in np.ndindex(*wanted):
            box = [slice(i * n // k, -(-(i + 1) * n // k)) for i, n, k in zip(place, x.shape[-dims:], wanted)]
            seen = x[(..., *box)]
            out[(..., *place)] = take(seen.reshape(*seen.shape[:-dims], -1))
        return out

    return pooled


for name, take in (("avg", lambda seen: seen.mean(-1)), ("max", lambda seen: seen.max(-1))):
    for dims in (1, 2, 3):
        shape = (3, 2, 5)[3 - dims :]
        row(
            f"nn.functional.adaptive_{name}_pool{dims}d",
            lambda x, output_size, dims=dims, take=take: adaptive(take)(x, output_size, dims),
            smooth(real(1, 2, *shape), 2),
            smooth(real(2, *shape), 1),
            smooth(real(1, 1, *shape), (3, 1, 2)[:dims]),
            *([smooth(real(1, *shape), (None, 2, 1)[:dims])] if dims > 1 else []),
            fails(RuntimeError, f"Expected {dims + 1}D or {dims + 2}D", real(*shape[:1]), 2),
            fails(RuntimeError, "output_size must be", real(1, 1, *shape), (2,) * (dims + 1)),
            *([fails(ValueError, "should be at least", real(1, *shape), (2,) * (dims + 1))] if dims > 1 else []),
        )  # fmt: skip


def unpooled(x, indices, sizes):
    out = np.zeros((*x.shape[: x.ndim - len(sizes)], math.prod(sizes)), x.dtype)
    lead = x.shape[: x.ndim - len(sizes)]
    for place in np.ndindex(*lead):
        out[place][indices[place].ravel()] = x[place].ravel()
    return out.reshape(*lead, *sizes)


INDICES = integers([[[0, 3], [5, 7]]])
row(
    "nn.functional.max_unpool1d",
    lambda x, indices, kernel_size, stride=None, padding=0, output_size=None: unpooled(
        x, indices, (output_size or (6,))[-1:]
    ),
    smooth(real(1, 3), integers([0, 3, 5]), 2),
    smooth(real(1, 2, 3), integers([[0, 3, 5], [1, 2, 4]]), 2, output_size=(7,)),
    fails(ValueError, "invalid output_size", real(1, 3), integers([0, 3, 5]), 2, output_size=(9,)),
    fails(RuntimeError, "Expected shape of indices", real(1, 3), integers([0, 3]), 2),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.max_unpool2d",
    lambda x, indices, kernel_size, stride=None, padding=0, output_size=None: unpooled(
        x, indices, (output_size or (4, 4))[-2:]
    ),
    smooth(real(1, 2, 2), INDICES[0], 2),
    smooth(real(1, 1, 2, 2), INDICES, 2, output_size=(1, 1, 5, 4)),
    fails(RuntimeError, "invalid max index", real(1, 2, 2), INDICES[0] + 20, 2),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.max_unpool3d",
    lambda x, indices, kernel_size: unpooled(x, indices, (2, 4, 4)),
    smooth(real(1, 1, 2, 2), INDICES + 3, 2),
    smooth(real(1, 1, 1, 2, 2), INDICES[None], (2, 2, 2)),
    wrt=(0,),
)  # fmt: skip


# The ops that poolings and interpolations are made of.

PAIRS = window_sides.sliding(4, 2, 2, 0, 1, False)
OVERLAPPING = window_sides.sliding(5, 3, 2, 1, 1, False)
ADAPTED = window_sides.adaptive(5, 3)


def boxes_of(x, sides):
    """For each place of a pooling, the elements of its box and where they are, in the last dimensions flattened."""
    dims = len(sides)
    where = np.arange(math.prod(x.shape[x.ndim - dims :])).reshape(x.shape[x.ndim - dims :])
    for place in np.ndindex(*map(len, sides)):
        taps = [np.arange(side.first[i], side.last[i] + 1, side.dilation) for i, side in zip(place, sides)]
        seen = x[(..., *np.ix_(*taps))]
        yield place, seen.reshape(*x.shape[: x.ndim - dims], math.prod(map(len, taps))), where[np.ix_(*taps)].ravel()


def max_pool(x, sides):
    out = np.zeros((*x.shape[: x.ndim - len(sides)], *map(len, sides)), x.dtype)
    for place, seen, _ in boxes_of(x, sides):
        out[(..., *place)] = seen.max(-1)
    return out


def max_places(x, sides):
    out = np.zeros((*x.shape[: x.ndim - len(sides)], *map(len, sides)), np.int64)
    for place, seen, where in boxes_of(x, sides):
        out[(..., *place)] = where[seen.argmax(-1)]
    return out


BOXES = [
    (real(2, 4, 5), (PAIRS, OVERLAPPING)),
    (real(2, 5, 4).swapaxes(1, 2), (PAIRS, ADAPTED)),
    (gapped(real(2, 5)), (ADAPTED,)),
    (real(1, 4, 5, 4), (PAIRS, ADAPTED, PAIRS)),
    (real(0, 4), (PAIRS,)),
]
row("max_pool", max_pool, *[smooth(x, sides) for x, sides in BOXES], torch=None)
row(
    "max_places", max_places,
    *[value(x, sides) for x, sides in BOXES], value(floats([1, 1, NAN, 2]), (PAIRS,)),
    torch=None, result="int64",
)  # fmt: skip


def banded(x, bands):
    for axis, band in enumerate(bands, x.ndim - len(bands)):
        matrix = np.zeros((len(band), band.size))
        for i, (start, count) in enumerate(zip(band.starts, band.counts)):
            matrix[i, start : start + count] = band.weights[i, :count]
        x = np.moveaxis(np.tensordot(matrix, x, (1, axis)), 0, axis).astype(x.dtype)
    return x


MEANS = averages(5, 3, 2, 1, False, False, True)
LINEAR = interpolating(4, 7, "linear", False, None, False)
for name in ("avg_pool", "resample"):
    row(
        name, banded,
        smooth(real(2, 4, 5), (LINEAR, MEANS)),
        smooth(real(2, 5, 4).swapaxes(1, 2), (LINEAR.adjoint.adjoint, MEANS)),
        smooth(real(2, 7, 3), (LINEAR.adjoint, MEANS.adjoint)),
        smooth(gapped(real(2, 4)), (LINEAR,)),
        smooth(real(1, 4, 5, 4), (LINEAR, MEANS, LINEAR)),
        smooth(real(0, 4, 5), (LINEAR, MEANS)),
        torch=None,
    )  # fmt: skip
# In two boxes of 2×3, each with 2×2 elements picked; -1 picks nothing.
PLACES = integers([[0, 5], [5, 3]], [[1, -1], [1, 4]])


def picked(x, places, dims):
    if not len(x):
        return np.zeros(places.shape)
    return np.stack([np.where(at < 0, 0, plane.reshape(-1)[at]) for plane, at in zip(x, places)])


def torch_picked(torch, x, places, dims):
    found = x.flatten(-2).gather(-1, places.clamp(min=0).flatten(-2)).view(places.shape)
    return torch.where(places < 0, 0.0, found)


row(
    "pick_from_boxes", picked,
    smooth(real(2, 2, 3), PLACES, 2),
    smooth(np.transpose(real(3, 2, 2)), PLACES, 2),
    smooth(real(0, 2, 3), PLACES[:0], 2),
    torch=torch_picked,
)  # fmt: skip
row(
    "put_in_boxes", lambda x, places, shape, dims: adjoint(lambda y: picked(y, places, 2), shape, x),
    smooth(real(2, 2, 2), PLACES, (2, 2, 3), 2),
    smooth(np.transpose(real(2, 2, 2)), PLACES, (2, 2, 3), 2),
    smooth(real(0, 2, 2), PLACES[:0], (0, 2, 3), 2),
    torch=lambda torch, x, places, shape, dims: torch_adjoint(
        torch, lambda y: torch_picked(torch, y, places, 2), shape, x
    ),
)  # fmt: skip


# Interpolation: in one dimension here, in more by PyTorch's samples.


def interpolate(x, size=None, scale_factor=None, mode="nearest", align_corners=None, **others):
    n = x.shape[-1]
    count = size[0] if size else int(n * scale_factor)
    step = n / count if size else 1 / scale_factor
    i = np.arange(count)
    if mode.startswith("nearest"):
        return x[..., np.minimum(np.floor((i + 0.5 * (mode != "nearest")) * step).astype(int), n - 1)]
    if mode == "area":
        return adaptive(lambda seen: seen.mean(-1))(x, count, 1)
    at = i * (n - 1) / (count - 1) if align_corners else np.clip((i + 0.5) * step - 0.5, 0, n - 1)
    left = np.minimum(np.floor(at).astype(int), n - 1)
    right = np.minimum(left + 1, n - 1)
    return (x[..., left] * (1 - at + left) + x[..., right] * (at - left)).astype(x.dtype)


row(
    "nn.functional.interpolate", interpolate,
    smooth(real(1, 2, 4), scale_factor=2),
    smooth(real(1, 2, 4), (7,)),
    smooth(real(1, 2, 5), (3,), mode="nearest-exact"),
    smooth(real(1, 2, 4), (7,), mode="linear"),
    smooth(real(2, 1, 4).T, (7,), mode="linear", align_corners=True),
    smooth(real(1, 2, 5), scale_factor=0.5, mode="linear"),
    smooth(real(1, 2, 5), scale_factor=1.7, mode="linear", recompute_scale_factor=False),
    smooth(real(1, 2, 5), (2,), mode="area"),
    smooth(real(0, 2, 4), (3,), mode="linear"),
    fails(ValueError, "only one of size or scale_factor", real(1, 1, 2), (3,), 2.0),
    fails(ValueError, "either size or scale_factor", real(1, 1, 2)),
    fails(ValueError, "align_corners option", real(1, 1, 2), (3,), align_corners=True),
    fails(ValueError, "recompute_scale_factor is not meaningful", real(1, 1, 2), (3,), recompute_scale_factor=True),
    fails(ValueError, "Anti-alias", real(1, 1, 2), (3,), mode="linear", antialias=True),
    fails(ValueError, "same number of spatial dimensions", real(1, 1, 2), (3, 3)),
    fails(NotImplementedError, "Only 3D, 4D and 5D", real(1, 2), 3),
    fails(NotImplementedError, "Only 3D, 4D and 5D", real(1, 1, 2), (3,), mode="bilinear"),
    fails(RuntimeError, "should be greater than 0", real(1, 1, 2), (0,)),
)  # fmt: skip
row(
    "nn.functional.affine_grid", lambda theta, size, align_corners: np.stack(
        np.meshgrid(*(np.linspace(-1, 1, n) * (1 if align_corners else (n - 1) / n) for n in size[:1:-1])), -1
    ).astype(theta.dtype) @ theta[:, None, :, :2].swapaxes(-1, -2) + theta[:, None, None, :, 2],
    smooth(real(2, 2, 3), (2, 1, 2, 3), align_corners=True),
    smooth(real(1, 2, 3), (1, 1, 3, 2), align_corners=False),
    fails(ValueError, "Expected a batch of 2D affine matrices", real(1, 3, 3), (1, 1, 2, 2), align_corners=False),
    fails(NotImplementedError, "only supports 4D and 5D", real(1, 2, 3), (1, 1, 2), align_corners=False),
)  # fmt: skip
row(
    "nn.functional.grid_sample", lambda x, grid, mode="bilinear", padding_mode="zeros", align_corners=False: np.stack(
        [[scipy.ndimage.map_coordinates(
            channel, [(g[..., 1] + 1) / 2 * (channel.shape[0] - 1), (g[..., 0] + 1) / 2 * (channel.shape[1] - 1)],
            order=1, mode="nearest" if padding_mode == "border" else "grid-constant",
        ) for channel in image] for image, g in zip(x, grid)]
    ),
    smooth(real(1, 2, 3, 4), real(1, 2, 2, 2, low=-0.93, high=0.9), align_corners=True),
    smooth(real(1, 1, 3, 3), real(1, 2, 2, 2, low=-1.4, high=1.4), padding_mode="border", align_corners=True),
    fails(ValueError, "expected mode to be", real(1, 1, 2, 2), real(1, 1, 1, 2), "cubic"),
    fails(ValueError, "expected padding_mode to be", real(1, 1, 2, 2), real(1, 1, 1, 2), padding_mode="no"),
    fails(RuntimeError, "with a grid (N, H', W', 2)", real(1, 1, 2, 2), real(1, 1, 1, 3), align_corners=True),
)  # fmt: skip


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps):
    column = lambda v: np.reshape(v, (1, -1) + (1,) * (x.ndim - 2))
    over = tuple(i for i in range(x.ndim) if i != 1)
    mean, var = (x.mean(axis=over), x.var(axis=over)) if training else (running_mean, running_var)
    out = (x - column(mean)) / np.sqrt(column(var) + eps)
    out = out * column(1 if weight is None else weight) + column(0 if bias is None else bias)
    if training and running_mean is not None and x.size:
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (x.var(axis=over, ddof=1) - running_var)
    return out.astype(x.dtype)


def channels(seed: int, count: int = 2) -> np.ndarray:
    return real(count, low=0.3, seed=seed)


AFFINE = (channels(1), channels(2))
RUNNING = (channels(3), channels(4))
row(
    "batch_norm", batch_norm,
    smooth(real(3, 2), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(real(3, 2), *AFFINE, *RUNNING, False, 0.1, 1e-5),
    smooth(real(3, 2), None, None, *RUNNING, True, 0.3, 1e-5),
    smooth(real(3, 2), None, None, *RUNNING, False, 0.3, 1e-2),
    smooth(real(3, 2), *AFFINE, None, None, True, 0.1, 1e-5),
    smooth(real(3, 2), channels(1), None, None, None, True, 0.1, 1e-5),
    smooth(real(2, 2, 2), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(np.transpose(real(2, 2, 2, 2)), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(real(2, 2, 3, 3), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    smooth(real(2, 2, 9), *AFFINE, *RUNNING, False, 0.1, 1e-5),
    smooth(gapped(real(2, 2, 1, 2)), gapped(channels(1)), channels(2), *RUNNING, False, 0.1, 1e-5),
    smooth(real(0, 2), *AFFINE, *RUNNING, False, 0.1, 1e-5),
    edge(floats([1, NAN], [2, 3], [3, INF]), *AFFINE, *RUNNING, True, 0.1, 1e-5),
    fails(ValueError, "Expected more than 1 value per channel", real(1, 2), None, None, None, None, True, 0.1, 1e-5),
    fails(RuntimeError, "weight should contain 2", real(3, 2), channels(1, 3), None, None, None, True, 0.1, 1e-5),
    fails(RuntimeError, "running_mean should", real(3, 2), None, None, channels(1, 3), channels(1, 3), True, 0.1, 1e-5),
    not_in_torch(  # IndexError there
        fails(RuntimeError, "at least 2 dimensions", real(3), None, None, None, None, True, 0.1, 1e-5)
    ),
    torch=lambda torch, x, weight, bias, mean, var, *rest: torch.nn.functional.batch_norm(
        x, mean, var, weight, bias, *rest
    ),
    wrt=(0, 1, 2),
)  # fmt: skip


def standardized(x, over, eps):
    return (x - x.mean(axis=over, keepdims=True)) / np.sqrt(x.var(axis=over, keepdims=True) + eps)


def affine(x, weight, bias, shape):
    scale = 1 if weight is None else np.reshape(weight, shape)
    return (x * scale + (0 if bias is None else np.reshape(bias, shape))).astype(x.dtype)


def layer_norm(x, weight, bias, dims, eps):
    out = standardized(x, tuple(range(-dims, 0)), eps)
    return affine(out, weight, bias, x.shape[x.ndim - dims :])


def group_norm(x, weight, bias, groups, eps):
    out = standardized(x.reshape(len(x), groups, math.prod(x.shape[1:]) // groups), 2, eps).reshape(x.shape)
    return affine(out, weight, bias, (-1,) + (1,) * (x.ndim - 2))


def rms_norm(x, weight, dims, eps):
    out = x / np.sqrt(np.square(x).mean(axis=tuple(range(-dims, 0)), keepdims=True) + eps)
    return (out * (1 if weight is None else weight)).astype(x.dtype)


row(
    "layer_norm", layer_norm,
    smooth(real(3, 4), channels(1, 4), channels(2, 4), 1, 1e-5),
    smooth(real(3, 4), None, None, 1, 1e-2),
    smooth(real(2, 3, 2), real(3, 2, seed=1), real(3, 2, seed=2), 2, 1e-5),
    smooth(real(4, 3).T, channels(1, 4), None, 1, 1e-5),
    # A bias without a weight has no second derivative there.
    not_in_torch(smooth(gapped(real(2, 3)), None, gapped(channels(2, 3)), 1, 1e-5)),
    smooth(real(0, 3), channels(1, 3), channels(2, 3), 1, 1e-5),
    edge(floats([1, NAN, 2], [1, 2, 4]), None, None, 1, 1e-5),
    torch=lambda torch, x, weight, bias, dims, eps: torch.nn.functional.layer_norm(
        x, x.shape[x.ndim - dims :], weight, bias, eps
    ),
)  # fmt: skip
row(
    "rms_norm", rms_norm,
    smooth(real(3, 4), channels(1, 4), 1, 1e-5),
    smooth(real(2, 3, 2), real(3, 2, seed=1), 2, 1e-5),
    smooth(real(4, 3).T, None, 1, 1e-2),
    smooth(real(0, 3), channels(1, 3), 1, 1e-5),
    torch=lambda torch, x, weight, dims, eps: torch.nn.functional.rms_norm(x, x.shape[x.ndim - dims :], weight, eps),
)  # fmt: skip
row(
    "group_norm", group_norm,
    smooth(real(2, 4, 2), channels(1, 4), channels(2, 4), 2, 1e-5),
    smooth(real(2, 4), None, None, 1, 1e-5),
    smooth(real(2, 2, 3, 3), channels(1), channels(2), 2, 1e-5),
    smooth(real(1, 4, 9), channels(1, 4), None, 2, 1e-5),
    smooth(real(4, 2, 2, 2).T, channels(1, 2), channels(2, 2), 1, 1e-5),
    smooth(real(0, 2, 3), channels(1), channels(2), 1, 1e-5),
    fails(RuntimeError, "weight should contain 4", real(2, 4, 2), channels(1), None, 2, 1e-5),
    torch=lambda torch, x, weight, bias, groups, eps: torch.nn.functional.group_norm(x, groups, weight, bias, eps),
)  # fmt: skip
row(
    "nn.functional.layer_norm",
    lambda x, normalized_shape, weight=None, bias=None, eps=1e-5: layer_norm(
        x, weight, bias, np.size(normalized_shape), eps
    ),
    smooth(real(3, 4), (4,), channels(1, 4), channels(2, 4)),
    smooth(real(2, 3, 2), (3, 2)),
    fails(RuntimeError, "expected input with shape [*, 3]", real(3, 4), (3,)),
    fails(RuntimeError, "Expected weight to be of same shape", real(3, 4), (4,), real(3)),
    fails(RuntimeError, "at least 1-dimensional", real(3), ()),
)  # fmt: skip
row(
    "nn.functional.rms_norm",
    lambda x, normalized_shape, weight=None, eps=None: rms_norm(
        x, weight, np.size(normalized_shape), np.finfo(x.dtype).eps if eps is None else eps
    ),
    smooth(real(3, 4), (4,), channels(1, 4)),
    smooth(real(3, 4), (4,), eps=1e-3),
    fails(RuntimeError, "expected input with shape [*, 3]", real(3, 4), (3,)),
)  # fmt: skip
row(
    "nn.functional.group_norm",
    lambda x, num_groups, weight=None, bias=None, eps=1e-5: group_norm(x, weight, bias, num_groups, eps),
    smooth(real(2, 4, 2), 2, channels(1, 4), channels(2, 4)),
    smooth(real(2, 4), 1),
    fails(RuntimeError, "divisible by num_groups", real(2, 4), 3),
    not_in_torch(fails(RuntimeError, "greater than 0", real(2, 4), 0)),  # ZeroDivisionError there
    fails(RuntimeError, "at least 2 dimensions", real(4), 2),
    fails(ValueError, "Expected more than 1 value per channel", real(1, 2), 2),
)  # fmt: skip
row(
    "nn.functional.instance_norm",
    lambda x, mean=None, var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-5: group_norm(
        x, weight, bias, x.shape[1], eps
    ) if use_input_stats else batch_norm(x, weight, bias, mean, var, False, momentum, eps),
    smooth(real(2, 2, 3), weight=channels(1), bias=channels(2)),
    smooth(real(2, 2, 3, 2)),
    smooth(real(2, 2, 3), channels(3), channels(4), use_input_stats=False),
    fails(ValueError, "more than 1 spatial element", real(2, 2, 1)),
    fails(RuntimeError, "running_mean and running_var", real(2, 2, 3), use_input_stats=False),
    wrt=(0,),
)  # fmt: skip
row(
    "nn.functional.local_response_norm",
    lambda x, size, alpha=1e-4, beta=0.75, k=1.0: x / (k + alpha / size * sum(
        np.pad(x * x, ((0, 0), (size // 2, (size - 1) // 2), (0, 0)))[:, i : i + x.shape[1]] for i in range(size)
    )) ** beta,
    smooth(real(2, 4, 2), 2),
    smooth(real(1, 3, 2), 3, alpha=1.0, beta=0.5, k=2.0),
    fails(ValueError, "Expected 3D or higher", real(2, 3), 2),
)  # fmt: skip
row(
    "nn.functional.normalize",
    lambda x, p=2.0, dim=1, eps=1e-12: x / np.maximum((np.abs(x) ** p).sum(axis=dim, keepdims=True) ** (1 / p), eps),
    smooth(real(2, 3)),
    smooth(real(2, 3), 1.0, 0),
    smooth(real(3, 2).T, dim=-1, eps=10.0),
)  # fmt: skip
row(
    "within", lambda g, x, low, high: np.where((x <= low) | (x >= high), 0, g),
    smooth(real(2, 3), real(2, 3, seed=1), -0.5, 1.2),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), 0.3, NAN),
    smooth(real(0, 3), real(0, 3), 0.0, 1.0),
    value(floats(1, 2, 3), floats(NAN, 1, 0), 0.0, 1.0),
    torch=lambda torch, g, x, low, high: torch.where((x <= low) | (x >= high), 0.0, g),
    wrt=(0,),
)  # fmt: skip
row(
    "beyond", lambda g, x, edge: np.where(np.abs(x) <= edge, 0, g),
    smooth(real(2, 3), real(2, 3, seed=1), 0.5),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), 0.3),
    smooth(real(0, 3), real(0, 3), 1.0),
    value(floats(1, 2, 3), floats(NAN, 1, 0), 1.0),
    torch=lambda torch, g, x, edge: torch.where(x.abs() <= edge, 0.0, g),
    wrt=(0,),
)  # fmt: skip
row(
    "bent", lambda g, x, slope: np.where(x > 0, g, g * slope),
    smooth(real(2, 3), real(2, 3, seed=1), 0.1),
    smooth(real(3, 2).T, gapped(real(2, 3, seed=1)), 0.5),
    smooth(real(0, 3), real(0, 3), 0.1),
    value(floats(1, 2), floats(NAN, 0), 0.1),
    torch=lambda torch, g, x, slope: torch.where(x > 0, g, g * slope),
    wrt=(0,),
)  # fmt: skip


# Writes.


def overwritten(x, values, chain):
    out = x.copy()
    seen = out
    for op, args, _ in chain:
        seen = seen[args[0]] if op.name == "getitem" else seen.T
    seen[...] = values
    return out


ROW = ((OPS["getitem"], (1,), {}),)
COLUMN = ((OPS["t"], (), {}), (OPS["getitem"], ((slice(0, 2), 0),), {}))
PICKED = ((OPS["getitem"], ((integers(1, 0), integers(2, 0)),), {}),)


def overwritten_at(x, values, chain):
    """By arrays, a copy is picked and not a view."""
    key = chain[0][1][0] if chain and chain[0][1] else None
    if not isinstance(key, tuple):
        return overwritten(x, values, chain)
    out = x.copy()
    out[key] = values
    return out


row(
    "overwrite", overwritten_at,
    smooth(real(2, 3), real(3), ROW),
    smooth(real(3, 2).T, real(2), COLUMN),
    smooth(gapped(real(2, 3)), real(2), PICKED),
    smooth(real(2, 3), real(2, 3, seed=1), ()),
    smooth(real(), real(seed=1), ()),
    torch=None,
)  # fmt: skip
row(
    "clear", lambda x, chain: overwritten_at(x, 0, chain),
    smooth(real(2, 3), ROW),
    smooth(real(3, 2).T, COLUMN),
    smooth(gapped(real(2, 3)), PICKED),
    smooth(real(0, 3), ()),
    torch=None,
)  # fmt: skip
# Recurrent networks: the reference reads one sequence after the other, step by step.


def rnn_step(act: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda x, states, w_ih, w_hh, b_ih=0.0, b_hh=0.0: (act(w_ih @ x + b_ih + w_hh @ states[0] + b_hh),)


def gru_step(x, states, w_ih, w_hh, b_ih=0.0, b_hh=0.0):
    (h,) = states
    (xr, xz, xn), (hr, hz, hn) = np.split(w_ih @ x + b_ih, 3), np.split(w_hh @ h + b_hh, 3)
    z, n = sigmoid(xz + hz), np.tanh(xn + sigmoid(xr + hr) * hn)
    return ((1 - z) * n + z * h,)


def lstm_step(x, states, w_ih, w_hh, *more):
    biases, w_hr = (more[:2], more[2:]) if len(more) > 1 else ((0.0, 0.0), more)
    i, f, g, o = np.split(w_ih @ x + biases[0] + w_hh @ states[0] + biases[1], 4)
    c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return w_hr[0] @ h if w_hr else h, c


STEPS = {
    "rnn_tanh": rnn_step(np.tanh),
    "rnn_relu": rnn_step(lambda x: np.maximum(x, 0)),
    "gru": gru_step,
    "lstm": lstm_step,
}


def network_of(step: Callable[..., Any]) -> Callable[..., Any]:
    """The reference of a network with this step, on the arguments of `autograd.lstm`."""

    def one_sequence(x, states, params, layers, directions):
        """(T, size) and for each state (layers·directions, size): the outputs, and the last states."""
        count, lasts = len(params) // (layers * directions), []
        for layer in range(layers):
            made = []
            for way in range(directions):
                k = layer * directions + way
                now, outs = tuple(state[k] for state in states), []
                for row in x[::-1] if way else x:
                    now = step(row, now, *params[k * count : (k + 1) * count])
                    outs.append(now[0])
                made.append(outs[::-1] if way else outs)
                lasts.append(now)
            x = np.concatenate(made, axis=1)
        return x, [np.stack(parts) for parts in zip(*lasts)]

    def network(input, *args):
        packed = not isinstance(args[1], list)
        sizes, hx, params, _, layers, _, _, bidirectional, *rest = args if packed else (None, *args)
        states = hx if isinstance(hx, tuple) else (hx,)
        if packed:
            starts = np.concatenate(([0], np.cumsum(sizes)))
            places = [[starts[t] + b for t in range(len(sizes)) if b < sizes[t]] for b in range(sizes[0])]
            sequences = [input[place] for place in places]
        else:
            sequences = list(input if rest[0] else input.swapaxes(0, 1))
        done = [
            one_sequence(x, [state[:, b] for state in states], params, layers, 1 + bidirectional)
            for b, x in enumerate(sequences)
        ]
        lasts = [np.stack(parts, axis=1) for parts in zip(*[states for _, states in done])]
        if packed:
            out = np.zeros((len(input), done[0][0].shape[1]), input.dtype)
            for place, (x, _) in zip(places, done):
                out[place] = x
        else:
            out = np.stack([x for x, _ in done], axis=0 if rest[0] else 1)
        return out, *lasts

    return network


def weights_of(
    gates: int, input: int, hidden: int, layers: int = 1, directions: int = 1, bias: bool = True, proj: int = 0
):
    """The parameters of a network, as PyTorch's flat list."""
    params = []
    for k in range(layers * directions):
        features = input if k < directions else (proj or hidden) * directions
        shapes = [(gates * hidden, features), (gates * hidden, proj or hidden)]
        shapes += [(gates * hidden,)] * 2 if bias else []
        shapes += [(proj, hidden)] if proj else []
        params += [real(*shape, low=-0.9, high=0.9, seed=7 * k + i) for i, shape in enumerate(shapes)]
    return params


for name, gates in (("rnn_tanh", 1), ("rnn_relu", 1), ("gru", 3), ("lstm", 4)):
    states = lambda *shape, pair=name == "lstm": (real(*shape), real(*shape, seed=1)) if pair else real(*shape)
    w, sequence, x = weights_of(gates, 2, 2), real(3, 2, 2), real(5, 2)
    row(
        name, network_of(STEPS[name]),
        smooth(sequence, states(1, 2, 2), w, True, 1, 0.0, True, False, False),
        smooth(sequence, states(1, 3, 2), weights_of(gates, 2, 2, bias=False), False, 1, 0.0, True, False, True),
        smooth(sequence, states(4, 2, 2), weights_of(gates, 2, 2, 2, 2), True, 2, 0.0, True, True, False),
        smooth(x, integers(3, 1, 1), states(1, 3, 2), w, True, 1, 0.0, True, False),
        smooth(x, integers(3, 2), states(2, 3, 2), weights_of(gates, 2, 2, 1, 2), True, 1, 0.0, False, True),
        smooth(real(7, 1, 1), states(1, 1, 1), weights_of(gates, 1, 1), True, 1, 0.0, True, False, False),
        value(floats([[NAN, 1]], [[1, 2]]), states(1, 1, 2), w, True, 1, 0.0, True, False, False),
        value(floats([[INF, 1]], [[1, 2]]), states(1, 1, 2), w, True, 1, 0.0, True, False, False),
        fails(RuntimeError, "weight_ih", real(3, 2, 3), states(1, 2, 2), w, True, 1, 0.0, True, False, False),
        fails(RuntimeError, "state of shape", sequence, states(1, 3, 2), w, True, 1, 0.0, True, False, False),
        fails(RuntimeError, "larger than 0", real(0, 2, 2), states(1, 2, 2), w, True, 1, 0.0, True, False, False),
        # PyTorch reads beyond the end.
        not_in_torch(
            fails(RuntimeError, "must not grow", x, integers(2, 3), states(1, 2, 2), w, True, 1, 0.0, True, False)
        ),
        *([smooth(sequence, (real(2, 2, 1), real(2, 2, 2)), weights_of(4, 2, 2, 1, 2, proj=1), True, 1, 0.0, True, True,
                  False)] if name == "lstm" else []),
    )  # fmt: skip
    state = (real(3, 2), real(3, 2, seed=1)) if name == "lstm" else real(3, 2)
    one = lambda x, hx, *params, step=STEPS[name]: (lambda made: made if len(made) > 1 else made[0])(
        tuple(map(np.stack, zip(*[step(*at, *params) for at in zip(x, zip(*hx if isinstance(hx, tuple) else (hx,)))])))
    )
    row(
        f"{name}_cell", one,
        smooth(real(3, 2, seed=2), state, *w),
        smooth(real(3, 2, seed=2), state, *weights_of(gates, 2, 2, bias=False)),
        fails(RuntimeError, "weight_ih", real(3, 3), state, *w),
    )  # fmt: skip
# Random numbers, where they are certain; the others are in test_random.py.
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
for name, reference in (
    ("is_signed", lambda x: x.dtype.kind in "if"),
    ("is_complex", lambda x: False),
    ("is_floating_point", lambda x: x.dtype.kind == "f"),
    ("numel", np.size),
):
    row(name, reference, *[value(np.zeros((2, 3), dtype)) for dtype in ("float64", "int64", "uint8", "bool")])
row(
    "is_nonzero",
    lambda x: bool(x.item()),
    value(floats(0)),
    value(floats([2])),
    value(np.array(True)),
    value(NAN_AND_ONE[:1]),
)

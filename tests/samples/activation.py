"""Rows of activations: what makes a network nonlinear."""

import numpy as np
import scipy.special

import autograd

from .arrays import BOOLS, INF, NAN, SPECIAL, floats, gapped, integers, real
from .elementwise import unary
from .pointwise import sigmoid
from .rows import Failure, edge, fails, not_in_torch, row, smooth, typed, value

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
row(
    "glu", lambda x, dim: np.split(x, 2, dim)[0] * scipy.special.expit(np.split(x, 2, dim)[1]),
    smooth(real(2, 6), 1),
    smooth(real(3, 4, 2), 1),
    smooth(real(6, 4).T, 0),
    smooth(gapped(real(2, 3)), 0),
    edge(floats([1.0, NAN, -1000.0, 1000.0]), 1),
    edge(real(0, 4), 1),
    torch="nn.functional.glu",
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
        edge(floats(3, -3, 0.5, -0.5, 1e30, -1e30)),
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

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

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.special

import autograd

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
row("erf", lambda x: np.vectorize(math.erf, otypes=[float])(x), *unary(), typed("float16", np.ones(2, "float16")))
row("log", np.log, *unary(0.1, 3))
row("log1p", np.log1p, *unary(-0.8, 3))
row("log2", np.log2, *unary(0.1, 3))
row("log10", np.log10, *unary(0.1, 3))
row("sqrt", np.sqrt, *unary(0.1, 3))
row("rsqrt", lambda x: 1 / np.sqrt(x), *unary(0.1, 3))
row("reciprocal", lambda x: 1 / x, *unary(0.3, 3))
row("abs", np.abs, *unary(ints="same", bools=""))
row("sign", lambda x: x if x.dtype == bool else np.nan_to_num(np.sign(x)), *unary(ints="same", bools="bool"))
row("floor", np.floor, *unary(ints="same", bools=""))
row("ceil", np.ceil, *unary(ints="same", bools=""))
row("trunc", np.trunc, *unary(ints="same", bools=""))
row(
    "round", np.round,
    *unary(ints="same", bools=""),
    edge(floats(0.5, 1.5, 2.5, -0.5, -1.5)),
    smooth(floats(1.2345, -6.789), decimals=2),
    smooth(floats(123.4, -678.9), decimals=-2),
)  # fmt: skip
row("zero", np.zeros_like, *unary(ints="same", bools="bool"), torch=None)
row("square", np.square, *unary(ints="same", bools=""))
row(
    "neg", np.negative,
    *unary(ints="same", bools=""),
    fails(RuntimeError, "on a bool tensor is not supported", BOOLS),
)  # fmt: skip
for name, reference in (
    ("isnan", np.isnan), ("isinf", np.isinf), ("isfinite", np.isfinite), ("logical_not", np.logical_not),
):  # fmt: skip
    row(name, reference, *unary(ints="bool", bools="bool"), result="bool")
row(
    "bitwise_not", np.invert,
    typed("int64", integers(0, 5, -3)),
    typed("uint8", integers(0, 5, dtype="uint8")),
    typed("bool", BOOLS.T),
    typed("bool", np.array(True)),
    typed("int64", integers()),
    fails(NotImplementedError, "floating-point", real(2)),
)  # fmt: skip


# Activations.

row("relu", lambda x: np.maximum(x, x.dtype.type(0)), *unary(ints="same", bools=""))
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
    torch="nn.functional.leaky_relu",
)  # fmt: skip
row(
    "elu", lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
    *unary(ints="", bools=""),
    smooth(real(2, 3), alpha=0.3),
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
    torch="nn.functional.hardtanh",
)  # fmt: skip


# Elementwise ops of two arguments.

SPECIAL_X = np.repeat(floats(NAN, INF, -INF, 0.0, -0.0, 1.0, 2.0, -1.5), 8)
SPECIAL_Y = np.tile(floats(NAN, INF, -INF, 0.0, -0.0, 1.0, 2.0, -1.5), 8)


def binary(
    low: float = -2.0, high: float = 2.0, ints: str = "same", floating: str = "same", numbers: bool = True
) -> list[Sample | Failure]:
    """Samples of an elementwise op of two numbers between ``low`` and ``high``; ``numbers``: one may be a Python one.

    ints, floating: the dtype of the result of integers and of floats, if it isn't that of the arguments.
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
    return calls


def infix(function: Callable[..., Any]) -> Callable[..., Any]:
    """An operator as ``torch=``: it takes numbers on either side, which PyTorch's function of the same name may not."""
    return lambda torch, x, y: function(x, y)


def tensor_first(name: str, **params: Any) -> Callable[..., Any]:
    """A function of PyTorch that takes no number in the first place: a 0-d Tensor of double precision does as well."""

    def call(torch: Any, x: Any, y: Any) -> Any:
        x = torch.tensor(x, dtype=torch.float64) if isinstance(x, float) else torch.as_tensor(x)
        return getattr(torch, name)(x, y, **params)

    return call


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
    "pow", np.power,
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
    fails(RuntimeError, "negative integer powers", integers(1, 2), -1),
    torch=infix(operator.pow),
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
    ("bitwise_xor", np.bitwise_xor, operator.xor),
):  # fmt: skip
    row(
        name, reference,
        typed("bool", BOOLS, BOOLS[1]),
        typed("bool", BOOLS.T, BOOLS[1][:2]),
        typed("int64", integers(1, 2, 5), integers(3, 3, 4)),
        typed("int64", integers(1, 2, 5), integers(3, 3, 4, dtype="uint8")),
        typed("int64", integers(1, 2, 5), 3),
        typed("int64", 3, integers(1, 2, 5)),
        typed("int64", BOOLS, 3),
        typed("bool", np.array(True), np.array(False)),
        typed("int64", integers(), integers()),
        fails(NotImplementedError, "floating-point", real(2), real(2)),
        fails(RuntimeError, "must match the size", integers(1, 2), integers(1, 2, 3)),
        torch=infix(symbol),
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
    "mean", tuple_axis(np.mean),
    *reductions(),
    NO_DIMS,
    edge(real(0)),
    edge(real(0, 3), dim=0),
    edge(SPECIAL_ROWS, dim=1),
    *OUT_OF_RANGE, REPEATED,
    fails(RuntimeError, "could not infer output dtype", integers(1, 2)),
    fails(RuntimeError, "could not infer output dtype", BOOLS),
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
        not_in_torch(fails(IndexError, "to have non-zero size", real(0))),  # RuntimeError in PyTorch, without a dim
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
    "cumsum", lambda x, dim: np.cumsum(x, dim).reshape(x.shape) if x.ndim else x,
    smooth(real(), 0),
    smooth(real(4), dim=0),
    smooth(real(2, 3), 0),
    smooth(real(3, 2).T, -1),
    smooth(gapped(real(2, 2, 2)), 1),
    smooth(real(0, 3), 0),
    smooth(real(0, 3), 1),
    edge(SPECIAL, 0),
    typed("int64", integers(100, 100, 100, dtype="uint8"), 0),
    typed("int64", BOOLS, 1),
    *OUT_OF_RANGE,
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
    *OUT_OF_RANGE,
]


def log_softmax(x, dim):
    if not x.size or not x.ndim:
        return np.zeros_like(x)
    # SciPy has an answer beside an infinite score; PyTorch has none.
    return np.where(np.isposinf(x).any(dim, keepdims=True), NAN, scipy.special.log_softmax(x, dim))


row("softmax", lambda x, dim: scipy.special.softmax(x, dim) if x.size and x.ndim else np.ones_like(x), *AXIS_CASES)
row(
    "log_softmax", log_softmax,
    *AXIS_CASES,
)  # fmt: skip


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


def conv2d(x, weight, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    """Filter by filter and place by place."""
    (sh, sw), (ph, pw), (dh, dw) = stride, padding, dilation
    x = np.pad(x, [(0, 0), (0, 0), (ph, ph), (pw, pw)])
    filters, channels, kh, kw = weight.shape
    rows = range(0, x.shape[2] - dh * (kh - 1), sh)
    cols = range(0, x.shape[3] - dw * (kw - 1), sw)
    out = np.zeros((len(x), filters, len(rows), len(cols)), x.dtype)
    for o in range(filters):
        first = o // (filters // groups) * channels
        for p, y in enumerate(rows):
            for q, z in enumerate(cols):
                seen = x[:, first : first + channels, y : y + dh * (kh - 1) + 1 : dh, z : z + dw * (kw - 1) + 1 : dw]
                out[:, o, p, q] = np.sum(seen * weight[o], axis=(1, 2, 3)) + (0 if bias is None else bias[o])
    return out


DEFAULTS = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1}
CONVOLUTIONS = [
    (real(1, 1, 3, 3), real(1, 1, 2, 2), {}),
    (real(2, 2, 3, 3), real(2, 2, 2, 2), {"padding": (1, 0)}),
    (real(1, 2, 4, 3), real(2, 1, 2, 1), {"stride": (2, 1), "groups": 2}),
    (real(1, 1, 5, 4), real(2, 1, 2, 2), {"stride": (2, 3), "padding": (1, 1), "dilation": (2, 1)}),
    (real(1, 3, 2, 2), real(3, 1, 3, 3), {"padding": (1, 1), "groups": 3}),
    (np.transpose(real(1, 4, 3, 2), (0, 3, 1, 2)), gapped(real(1, 2, 2, 2)), {}),
    (real(1, 1, 2, 2), real(1, 1, 1, 1), {"stride": (3, 3)}),
    (real(0, 1, 3, 3), real(1, 1, 2, 2), {}),
]
row(
    "conv2d", conv2d,
    *[smooth(x, weight, **geometry) for x, weight, geometry in CONVOLUTIONS],
    *[smooth(x, weight, real(len(weight)), **geometry) for x, weight, geometry in CONVOLUTIONS[1:4]],
    fails(RuntimeError, "to have 2 channels, but got 1", real(1, 1, 3, 3), real(1, 2, 2, 2)),
    fails(RuntimeError, "Kernel size can't be greater", real(1, 1, 2, 2), real(1, 1, 3, 3)),
    fails(RuntimeError, "negative padding", real(1, 1, 3, 3), real(1, 1, 2, 2), padding=(-1, 0)),
    fails(RuntimeError, "must be positive", real(1, 1, 3, 3), real(1, 1, 2, 2), stride=(0, 1)),
    fails(RuntimeError, "must be positive", real(1, 1, 3, 3), real(1, 1, 2, 2), dilation=(0, 1)),
    fails(RuntimeError, "divisible by groups", real(1, 2, 3, 3), real(3, 1, 2, 2), groups=2),
    fails(RuntimeError, "bias", real(1, 1, 3, 3), real(1, 1, 2, 2), real(2)),
    fails(RuntimeError, "4D", real(3, 3), real(1, 1, 2, 2)),
    fails(RuntimeError, "one dtype", real(1, 1, 3, 3).astype("float32"), real(1, 1, 2, 2)),
    torch="nn.functional.conv2d",
)  # fmt: skip
ADJOINT_CALLS = [
    (x, weight, conv2d(x, weight, **geometry).shape, {**DEFAULTS, **geometry}) for x, weight, geometry in CONVOLUTIONS
]
row(
    "conv2d_input", lambda g, weight, shape, **geometry: adjoint(lambda x: conv2d(x, weight, **geometry), shape, g),
    *[smooth(real(*out), weight, x.shape, **geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    torch=lambda torch, g, weight, shape, **geometry: torch_adjoint(
        torch, lambda x: torch.conv2d(x, weight, **geometry), shape, g
    ),
)  # fmt: skip
row(
    "conv2d_weight", lambda g, x, shape, **geometry: adjoint(lambda weight: conv2d(x, weight, **geometry), shape, g),
    *[smooth(real(*out), x, weight.shape, **geometry) for x, weight, out, geometry in ADJOINT_CALLS],
    torch=lambda torch, g, x, shape, **geometry: torch_adjoint(
        torch, lambda weight: torch.conv2d(x, weight, **geometry), shape, g
    ),
)  # fmt: skip


def pooled(x, kernel_size, stride, padding, dilation, ceil_mode, take):
    """``take(pixels of the window, how many places it has inside the padded image)`` for each window."""
    stride = stride or kernel_size
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


def max_pool2d(x, kernel_size, stride=None, padding=(0, 0), dilation=(1, 1), ceil_mode=False):
    largest = lambda seen, area: seen.max(axis=-1, initial=-INF)
    return pooled(x, kernel_size, stride, padding, dilation, ceil_mode, largest)


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
    smooth(real(1, 1, 4, 5), (2, 2), ceil_mode=True),
    smooth(real(1, 1, 4, 5), (3, 2), (2, 2), padding=(1, 1), ceil_mode=True),
    smooth(np.transpose(real(4, 3, 2)), (2, 2)),
    smooth(gapped(real(1, 1, 3, 3)), (2, 2), (1, 1)),
    smooth(real(0, 1, 3, 3), (2, 2)),
]
NOT_AN_IMAGE = fails(RuntimeError, "Expected 3D or 4D", real(3, 3), (2, 2))
POOLING_FAILURES = [
    fails(RuntimeError, "pad should be at most half of kernel size", real(1, 3, 3), (2, 2), padding=(2, 0)),
    fails(RuntimeError, "output size is too small", real(1, 2, 2), (3, 3)),
    fails(RuntimeError, "must be greater than zero", real(1, 3, 3), (0, 1)),
]
row(
    "max_pool2d", max_pool2d,
    *POOLINGS,
    smooth(real(1, 1, 5, 4), (2, 2), (1, 1), dilation=(2, 1)),
    smooth(real(1, 1, 5, 4), (2, 2), (2, 2), (1, 1), (1, 2), True),
    edge(floats([[1, 1, 0], [1, 1, 2], [0, 2, 2]]), (2, 2), (1, 1)),
    edge(floats([[NAN, 1, -INF], [1, 1, -INF], [0, INF, -INF]]), (2, 2), (1, 1)),
    edge(floats([[-INF, -INF], [-INF, -INF]]), (2, 2)),
    value(real(1, 1, 1), (2, 1), padding=(1, 0), dilation=(2, 1)),  # the window sees padding only
    *POOLING_FAILURES, NOT_AN_IMAGE,
    torch="nn.functional.max_pool2d",
)  # fmt: skip
row(
    "avg_pool2d", avg_pool2d,
    *POOLINGS,
    smooth(real(1, 1, 3, 3), (2, 2), padding=(1, 1), count_include_pad=False),
    smooth(real(1, 1, 4, 5), (3, 2), (2, 2), (1, 1), True, False),
    smooth(real(1, 1, 3, 3), (2, 2), (1, 1), divisor_override=3),
    *POOLING_FAILURES,
    not_in_torch(NOT_AN_IMAGE),  # IndexError there
    torch="nn.functional.avg_pool2d",
)  # fmt: skip
AVERAGES = [
    ((1, 1, 4, 4), {"kernel_size": (2, 2), "stride": (2, 2)}),
    ((2, 3, 4), {"kernel_size": (2, 3), "stride": (1, 2), "padding": (1, 1)}),
    ((1, 1, 4, 5), {"kernel_size": (3, 2), "stride": (2, 2), "padding": (1, 1), "ceil_mode": True}),
    ((1, 1, 3, 3), {"kernel_size": (2, 2), "stride": (2, 2), "padding": (1, 1), "count_include_pad": False}),
    ((1, 1, 3, 3), {"kernel_size": (2, 2), "stride": (1, 1), "divisor_override": 3}),
    ((0, 1, 3, 3), {"kernel_size": (2, 2), "stride": (1, 1)}),
]
AVERAGE_DEFAULTS = {"padding": (0, 0), "ceil_mode": False, "count_include_pad": True, "divisor_override": None}
row(
    "avg_pool2d_input", lambda g, shape, **geometry: adjoint(lambda x: avg_pool2d(x, **geometry), shape, g),
    *[
        smooth(real(*avg_pool2d(np.zeros(shape), **geometry).shape), shape, **{**AVERAGE_DEFAULTS, **geometry})
        for shape, geometry in AVERAGES
    ],
    torch=lambda torch, g, shape, **geometry: torch_adjoint(
        torch, lambda x: torch.nn.functional.avg_pool2d(x, **geometry), shape, g
    ),
)  # fmt: skip
# In two planes of 2×3, each with 2×2 elements picked; -1 picks nothing.
PLACES = integers([[0, 5], [5, 3]], [[1, -1], [1, 4]])


def picked(x, places):
    if not len(x):
        return np.zeros(places.shape)
    return np.stack([np.where(at < 0, 0, plane.reshape(-1)[at]) for plane, at in zip(x, places)])


def torch_picked(torch, x, places):
    found = x.flatten(-2).gather(-1, places.clamp(min=0).flatten(-2)).view(places.shape)
    return torch.where(places < 0, 0.0, found)


row(
    "pick_from_planes", picked,
    smooth(real(2, 2, 3), PLACES),
    smooth(np.transpose(real(3, 2, 2)), PLACES),
    smooth(real(0, 2, 3), PLACES[:0]),
    torch=torch_picked,
)  # fmt: skip
row(
    "put_in_planes", lambda x, places, shape: adjoint(lambda y: picked(y, places), shape, x),
    smooth(real(2, 2, 2), PLACES, (2, 2, 3)),
    smooth(np.transpose(real(2, 2, 2)), PLACES, (2, 2, 3)),
    smooth(real(0, 2, 2), PLACES[:0], (0, 2, 3)),
    torch=lambda torch, x, places, shape: torch_adjoint(
        torch, lambda y: torch_picked(torch, y, places), shape, x
    ),
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

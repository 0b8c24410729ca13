"""Nodes that work element by element, activations among them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from nn import functional as F

from ...engine.tensor import Tensor, wrap
from .registry import How, node

UNARY: dict[str, Callable[[Tensor], Tensor]] = {
    "Abs": autograd.abs,
    "Acos": autograd.acos,
    "Acosh": autograd.acosh,
    "Asin": autograd.asin,
    "Asinh": autograd.asinh,
    "Atan": autograd.atan,
    "Atanh": autograd.atanh,
    "BitwiseNot": autograd.bitwise_not,
    "Ceil": autograd.ceil,
    "Cos": autograd.cos,
    "Cosh": autograd.cosh,
    "Det": autograd.det,
    "Erf": autograd.erf,
    "Exp": autograd.exp,
    "Floor": autograd.floor,
    "HardSwish": F.hardswish,
    "IsNaN": autograd.isnan,
    "Log": autograd.log,
    "Mish": F.mish,
    "Neg": autograd.neg,
    "Not": autograd.logical_not,
    "Reciprocal": autograd.reciprocal,
    "Relu": autograd.relu,
    "Round": autograd.round,
    "Sigmoid": autograd.sigmoid,
    "Sign": autograd.sign,
    "Sin": autograd.sin,
    "Sinh": autograd.sinh,
    "Softplus": F.softplus,
    "Softsign": F.softsign,
    "Sqrt": autograd.sqrt,
    "Tan": autograd.tan,
    "Tanh": autograd.tanh,
}
BINARY: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "Add": autograd.add,
    "And": autograd.logical_and,
    "BitwiseAnd": autograd.bitwise_and,
    "BitwiseOr": autograd.bitwise_or,
    "BitwiseXor": autograd.bitwise_xor,
    "Equal": autograd.eq,
    "Greater": autograd.gt,
    "GreaterOrEqual": autograd.ge,
    "Less": autograd.lt,
    "LessOrEqual": autograd.le,
    "Mul": autograd.mul,
    "Or": autograd.logical_or,
    "Sub": autograd.sub,
    "Xor": autograd.logical_xor,
}
SEVERAL: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "Max": autograd.maximum,
    "Min": autograd.minimum,
    "Sum": autograd.add,
}


def unary(function: Callable[[Tensor], Tensor]) -> Any:
    return lambda how, x: function(x)


def binary(function: Callable[[Tensor, Tensor], Tensor]) -> Any:
    return lambda how, x, y: function(x, y)


def several(function: Callable[[Tensor, Tensor], Tensor]) -> Any:
    return lambda how, *xs: functools.reduce(function, xs)


for _kind, _function in UNARY.items():
    node(_kind)(unary(_function))
for _kind, _pair in BINARY.items():
    node(_kind)(binary(_pair))
for _kind, _pair in SEVERAL.items():
    node(_kind)(several(_pair))


@node("Identity")
def identity(how: How, x: Tensor) -> Tensor:
    return x


@node("Mean")
def mean(how: How, *xs: Tensor) -> Tensor:
    return functools.reduce(autograd.add, xs) / len(xs)


@node("Div")
def div(how: How, x: Tensor, y: Tensor) -> Tensor:
    return x / y if x.is_floating_point() else autograd.div(x, y, rounding_mode="trunc")


@node("Pow")
def pow(how: How, x: Tensor, y: Tensor) -> Tensor:
    return autograd.pow(x, y).to(x.dtype)


@node("Mod")
def mod(how: How, x: Tensor, y: Tensor) -> Tensor:
    return autograd.fmod(x, y) if how.get("fmod") else autograd.remainder(x, y)


@node("IsInf")
def isinf(how: How, x: Tensor) -> Tensor:
    up, down = how.get("detect_positive", 1), how.get("detect_negative", 1)
    if up and down:
        return autograd.isinf(x)
    return autograd.isposinf(x) if up else autograd.isneginf(x) if down else autograd.zeros_like(x, dtype=autograd.bool)


@node("Where")
def where(how: How, condition: Tensor, x: Tensor, y: Tensor) -> Tensor:
    return autograd.where(condition, x, y)


@node("Clip")
def clip(how: How, x: Tensor, low: Tensor | None = None, high: Tensor | None = None) -> Tensor:
    low, high = (how.get(name) if one is None else one for one, name in ((low, "min"), (high, "max")))
    return x if low is None and high is None else x.clamp(low, high)


@node("Cast")
def cast(how: How, x: Tensor) -> Tensor:
    return wrap_of(x, how.attributes["to"])


@node("CastLike")
def cast_like(how: How, x: Tensor, like: Tensor) -> Tensor:
    return x.to(like.dtype)


# The numbers that the format has for dtypes.
DTYPES = {
    1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16,
    11: np.float64,
}  # fmt: skip


def wrap_of(x: Tensor, number: int) -> Tensor:
    """``x`` in the dtype that the format has this ``number`` for."""
    if number not in DTYPES:
        raise NotImplementedError(f"a cast to the ONNX type {number}, which no Tensor has")
    return x.to(wrap(np.empty(0, DTYPES[number]), None).dtype)


@node("Dropout")
def dropout(how: How, x: Tensor, ratio: Tensor | None = None, mode: Tensor | None = None) -> Any:
    p = float(how.get("ratio", 0.5)) if ratio is None else ratio.item()
    made = F.dropout(x, p, how.training)
    return made if how.outputs == 1 else (made, autograd.ones_like(x, dtype=autograd.bool))


@node("LeakyRelu")
def leaky_relu(how: How, x: Tensor) -> Tensor:
    return F.leaky_relu(x, how.get("alpha", 0.01))


@node("Elu")
def elu(how: How, x: Tensor) -> Tensor:
    return F.elu(x, how.get("alpha", 1.0))


@node("Celu")
def celu(how: How, x: Tensor) -> Tensor:
    return F.celu(x, how.get("alpha", 1.0))


@node("Selu")
def selu(how: How, x: Tensor) -> Tensor:
    alpha, gamma = how.get("alpha", 1.6732632423543772), how.get("gamma", 1.0507009873554805)
    return F.elu(x, alpha) * gamma


@node("Gelu")
def gelu(how: How, x: Tensor) -> Tensor:
    return F.gelu(x, approximate=how.get("approximate", "none"))


@node("HardSigmoid")
def hard_sigmoid(how: How, x: Tensor) -> Tensor:
    return (x * how.get("alpha", 0.2) + how.get("beta", 0.5)).clamp(0, 1)


@node("PRelu")
def prelu(how: How, x: Tensor, slope: Tensor) -> Tensor:
    return autograd.where(x > 0, x, x * slope)


@node("ThresholdedRelu")
def thresholded_relu(how: How, x: Tensor) -> Tensor:
    return F.threshold(x, how.get("alpha", 1.0), 0.0)


@node("Shrink")
def shrink(how: How, x: Tensor) -> Tensor:
    edge, bias = how.get("lambd", 0.5), how.get("bias", 0.0)
    return autograd.where(x < -edge, x + bias, autograd.where(x > edge, x - bias, x * 0))


@node("Swish")
def swish(how: How, x: Tensor) -> Tensor:
    return x * autograd.sigmoid(x * how.get("alpha", 1.0))


@node("Softmax", "LogSoftmax")
def softmax(how: How, x: Tensor) -> Tensor:
    function = F.softmax if how.kind == "Softmax" else F.log_softmax
    if how.opset >= 13:
        return function(x, how.get("axis", -1))
    # It was over all dimensions from the axis on.
    axis = how.get("axis", 1) % max(x.ndim, 1)
    return function(x.flatten(axis), axis).reshape(x.shape)


@node("BitShift")
def bit_shift(how: How, x: Tensor, y: Tensor) -> Tensor:
    return x << y if how.get("direction") == "LEFT" else x >> y


@node("Hardmax")
def hardmax(how: How, x: Tensor) -> Tensor:
    axis = how.get("axis", -1 if how.opset >= 13 else 1)
    lines = x if how.opset >= 13 else x.flatten(axis % x.ndim)
    axis %= lines.ndim
    return F.one_hot(lines.argmax(axis), lines.shape[axis]).movedim(-1, axis).to(x.dtype).reshape(x.shape)

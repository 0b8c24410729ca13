"""Arithmetic composed of ops, and what else works element by element."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, overload

import numpy as np

from ..creation.data import tensor
from ..creation.ranges import arange
from ..engine.tensor import Operand, Tensor, wrap
from ..ops import arithmetic
from ..ops.broadcasting import expand
from ..ops.choice import clamp
from ..ops.pointwise import shifted
from ..ops.shape import cast
from ..ops.special import psi
from ..types.dtypes import float64, result_dtype
from .registry import function, method
from .results import parts


@function()
def rsub(input: Tensor, other: Operand, *, alpha: float = 1) -> Tensor:
    """``other - alpha·input``.

    >>> autograd.rsub(autograd.tensor([1., 2.]), 10)
    tensor([9., 8.])
    """
    return arithmetic.sub(other, input, alpha=alpha)


@method(in_place=True)
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value·tensor1·tensor2``.

    >>> autograd.ones(2).addcmul(autograd.tensor([1., 2.]), autograd.tensor([3., 4.]), value=0.5)
    tensor([2.5000, 5.0000])
    """
    return _with("addcmul", arithmetic.mul, input, tensor1, tensor2, value)


@method(in_place=True)
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value·tensor1/tensor2``; RuntimeError for integers divided by integers.

    >>> autograd.ones(2).addcdiv(autograd.tensor([1., 2.]), autograd.tensor([2., 4.]), value=0.5)
    tensor([1.2500, 1.2500])
    """
    if not (tensor1.is_floating_point() or tensor2.is_floating_point()):
        raise RuntimeError(
            f"addcdiv: integer division with addcdiv is no longer supported, but got {tensor1.dtype} and "
            f"{tensor2.dtype}; use input + value * torch.trunc(tensor1 / tensor2)"
        )
    return _with("addcdiv", arithmetic.div, input, tensor1, tensor2, value)


def _with(name: str, op: Any, x: Tensor, y: Tensor, z: Tensor, value: Any) -> Tensor:
    """``x + value·op(y, z)``, all in one dtype and shape from the beginning; float16 by way of float32."""
    arrays = [x.array, y.array, z.array]
    if not arrays[0].dtype == arrays[1].dtype == arrays[2].dtype or arrays[0].dtype == np.float16:
        dtype = result_dtype(arrays, [])
        if dtype.kind != "f" and isinstance(value, float):
            raise RuntimeError(f"{name}: for integers, value must not be a floating point number, such as {value}")
        x, y, z = (cast(each, np.float32 if dtype == np.float16 else dtype) for each in (x, y, z))
        if dtype == np.float16:
            return cast(_with(name, op, x, y, z, value), dtype)
    if not arrays[0].shape == arrays[1].shape == arrays[2].shape:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        y, z = expand(y, shape), expand(z, shape)
    made = op(y, z)
    return x + (made if value == 1 else made * value)


@method(in_place=True)
def float_power(input: Operand, exponent: Operand) -> Tensor:
    """``inputᵉ`` in float64, whatever the dtypes; one of the two may be a number.

    >>> autograd.tensor([1, 2, 3]).float_power(-1)
    tensor([1.0000, 0.5000, 0.3333], dtype=autograd.float64)
    """
    base, power = (x.to(float64) if isinstance(x, Tensor) else float(x) for x in (input, exponent))
    return arithmetic.pow(base, power)


@method(in_place=True)
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """``input·2ᵒ``, ``o`` being ``other``; exact for whole ``o``, even where 2ᵒ itself would be infinite.

    >>> autograd.tensor([1., 3.]).ldexp(autograd.tensor([2, -1]))
    tensor([4.0000, 1.5000])
    """
    if input.is_floating_point() and not other.is_floating_point():
        return shifted(input, other)
    return input * arithmetic.pow(2.0, other)


class Frexp(NamedTuple):
    """What `frexp` returns."""

    mantissa: Tensor
    exponent: Tensor


@method()
@parts(Frexp)
def frexp(input: Tensor) -> Frexp:
    """``input = mantissa·2ᵉ`` with whole exponents e and ½ ≤ |mantissa| < 1 (or 0, infinite, NaN).

    RuntimeError for integers.

    >>> autograd.tensor([3., -0.125]).frexp()
    Frexp(mantissa=tensor([ 0.7500, -0.5000]), exponent=tensor([ 2, -2], dtype=autograd.int32))
    """
    if not input.is_floating_point():
        raise RuntimeError(f"frexp: only supports floating-point dtypes, not {input.dtype}")
    exponent = wrap(np.asarray(np.frexp(input.array)[1]), None)
    return Frexp(shifted(input, -exponent), exponent)


@method(in_place=True)
def clamp_min(input: Tensor, min: Any) -> Tensor:
    """``input`` cut off below ``min``, a number or a Tensor.

    >>> autograd.tensor([-2., 2.]).clamp_min(0)
    tensor([0., 2.])
    """
    return clamp(input, min, None)


@method(in_place=True)
def clamp_max(input: Tensor, max: Any) -> Tensor:
    """``input`` cut off above ``max``, a number or a Tensor.

    >>> autograd.tensor([-2., 2.]).clamp_max(0)
    tensor([-2.,  0.])
    """
    return clamp(input, None, max)


@function()
def fill(input: Tensor, value: Any) -> Tensor:
    """``value``, a number or a 0-d Tensor, in the shape and dtype of ``input``.

    >>> autograd.fill(autograd.zeros(2), 7)
    tensor([7., 7.])
    """
    if not isinstance(value, Tensor):
        value = tensor(value, dtype=input.dtype)
    if value.ndim:
        raise RuntimeError(f"fill: only supports a 0-dimensional value, but got a Tensor of shape {tuple(value.shape)}")
    everywhere = wrap(np.ones(input.shape, bool), None)
    return arithmetic.where(everywhere, value.to(input.dtype), input)


@overload
def where(condition: Tensor) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Tensor, input: Operand, other: Operand) -> Tensor: ...
@function()
def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """``input`` where the condition (a bool Tensor) holds, else ``other``, each a Tensor or a number.

    Without them, where the condition is nonzero: a Tensor of indices for each dimension.

    >>> autograd.where(autograd.tensor([True, False]), 1., 2.)
    tensor([1., 2.])
    """
    if input is None and other is None:
        return places_where(condition)
    return arithmetic.where(condition, input, other)


def places_where(condition: Tensor) -> tuple[Tensor, ...]:
    """The indices of what is nonzero, for each dimension."""
    return tuple(wrap(places, None) for places in np.nonzero(np.atleast_1d(condition.array)))


def tensor_where(self: Tensor, condition: Tensor, other: Operand) -> Tensor:
    """This Tensor where the condition holds, else ``other``; see `autograd.where`."""
    return arithmetic.where(condition, self, other)


@function("polygamma", "special.polygamma")
def polygamma(n: int, input: Tensor) -> Tensor:
    """``ψ⁽ⁿ⁾(input)``, the n-th derivative of `digamma`; RuntimeError for n < 0.

    >>> autograd.polygamma(1, autograd.tensor([1., 2.]))
    tensor([1.6449, 0.6449])
    """
    return psi(input, n)


def tensor_polygamma(self: Tensor, n: int) -> Tensor:
    """The n-th derivative of `digamma`; see `autograd.polygamma`."""
    return psi(self, n)


@method("mvlgamma", "special.multigammaln", in_place=True)
def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the gamma function of p dimensions: ``p(p-1)/4·ln π + Σ ln Γ(x - j/2)`` over j < p.

    RuntimeError for p < 1.

    >>> autograd.tensor([3.]).mvlgamma(2)
    tensor([1.5502])
    """
    if p < 1:
        raise RuntimeError(f"mvlgamma: p has to be greater than or equal to 1, not {p}")
    if not input.is_floating_point():
        input = input.float()
    halves = arange(p, dtype=input.dtype) * 0.5
    return (input.unsqueeze(-1) - halves).lgamma().sum(-1) + p * (p - 1) / 4 * math.log(math.pi)

"""Borders around signals, images and volumes; see `nn.functional.pad`."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.composed.sizes import integers

from . import functional as F
from .module import Module


class _Pad(Module):
    """padding: one width for all borders, or (left, right), (left, right, top, bottom), ...; negative ones crop."""

    mode: str
    dims: int
    value: float | None = None

    def __init__(self, padding: Any) -> None:
        super().__init__()
        given = integers("padding", padding)
        self.padding = given if isinstance(padding, (tuple, list)) else given * (2 * self.dims)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """A border of ``value`` around the last dimension; padding: a width, or (left, right).

    >>> nn.ConstantPad1d((1, 2), 9.)(autograd.tensor([[1., 2.]]))
    tensor([[9., 1., 2., 9., 9.]])
    """

    dims = 1


class ConstantPad2d(_ConstantPad):
    """A border of ``value`` around images; padding: a width, or (left, right, top, bottom)."""

    dims = 2


class ConstantPad3d(_ConstantPad):
    """A border of ``value`` around volumes; padding: a width, or (left, right, top, bottom, front, back)."""

    dims = 3


class _ZeroPad(_Pad):
    mode = "constant"


class ZeroPad1d(_ZeroPad):
    """A border of zeros around the last dimension; padding: a width, or (left, right).

    >>> nn.ZeroPad1d(1)(autograd.tensor([[1., 2.]]))
    tensor([[0., 1., 2., 0.]])
    """

    dims = 1


class ZeroPad2d(_ZeroPad):
    """A border of zeros around images; padding: a width, or (left, right, top, bottom)."""

    dims = 2


class ZeroPad3d(_ZeroPad):
    """A border of zeros around volumes; padding: a width, or (left, right, top, bottom, front, back)."""

    dims = 3


class _ReflectionPad(_Pad):
    mode = "reflect"


class ReflectionPad1d(_ReflectionPad):
    """A border that shows what a mirror on the outermost elements would; padding: a width, or (left, right).

    >>> nn.ReflectionPad1d(2)(autograd.tensor([[1., 2., 3.]]))
    tensor([[3., 2., 1., 2., 3., 2., 1.]])
    """

    dims = 1


class ReflectionPad2d(_ReflectionPad):
    """A mirrored border around images; padding: a width, or (left, right, top, bottom)."""

    dims = 2


class ReflectionPad3d(_ReflectionPad):
    """A mirrored border around volumes; padding: a width, or (left, right, top, bottom, front, back)."""

    dims = 3


class _ReplicationPad(_Pad):
    mode = "replicate"


class ReplicationPad1d(_ReplicationPad):
    """A border of the outermost elements; padding: a width, or (left, right).

    >>> nn.ReplicationPad1d(2)(autograd.tensor([[1., 2., 3.]]))
    tensor([[1., 1., 1., 2., 3., 3., 3.]])
    """

    dims = 1


class ReplicationPad2d(_ReplicationPad):
    """A border of the outermost pixels around images; padding: a width, or (left, right, top, bottom)."""

    dims = 2


class ReplicationPad3d(_ReplicationPad):
    """A border of the outermost elements of volumes; padding: a width, or (left, right, top, bottom, front, back)."""

    dims = 3


class _CircularPad(_Pad):
    mode = "circular"


class CircularPad1d(_CircularPad):
    """A border of what is on the other side; padding: a width, or (left, right).

    >>> nn.CircularPad1d((2, 1))(autograd.tensor([[1., 2., 3.]]))
    tensor([[2., 3., 1., 2., 3., 1.]])
    """

    dims = 1


class CircularPad2d(_CircularPad):
    """A border of what is on the other side of images; padding: a width, or (left, right, top, bottom)."""

    dims = 2


class CircularPad3d(_CircularPad):
    """A border of what is on the other side of volumes; padding: a width, or six of them."""

    dims = 3

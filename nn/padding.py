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
    """A border of ``value`` around images; padding: a width, or (left, right, top, bottom).

    >>> nn.ConstantPad2d((0, 1, 1, 0), 9.)(autograd.tensor([[[1., 2.], [3., 4.]]]))
    tensor([[[9., 9., 9.],
             [1., 2., 9.],
             [3., 4., 9.]]])
    """

    dims = 2


class ConstantPad3d(_ConstantPad):
    """A border of ``value`` around volumes; padding: a width, or (left, right, top, bottom, front, back).

    >>> nn.ConstantPad3d((0, 0, 0, 0, 1, 0), 9.)(autograd.ones(1, 1, 1, 2)).squeeze()
    tensor([[9., 9.],
            [1., 1.]])
    """

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
    """A border of zeros around images; padding: a width, or (left, right, top, bottom).

    >>> nn.ZeroPad2d(1)(autograd.tensor([[[1., 2.]]]))
    tensor([[[0., 0., 0., 0.],
             [0., 1., 2., 0.],
             [0., 0., 0., 0.]]])
    """

    dims = 2


class ZeroPad3d(_ZeroPad):
    """A border of zeros around volumes; padding: a width, or (left, right, top, bottom, front, back).

    >>> nn.ZeroPad3d((1, 1, 2, 2, 3, 3))(autograd.ones(1, 4, 4, 4)).shape
    autograd.Size([1, 10, 8, 6])
    """

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
    """A mirrored border around images; padding: a width, or (left, right, top, bottom).

    RuntimeError for a border that is not narrower than the image.

    >>> nn.ReflectionPad2d((1, 1, 1, 0))(autograd.tensor([[[1., 2.], [3., 4.]]]))
    tensor([[[4., 3., 4., 3.],
             [2., 1., 2., 1.],
             [4., 3., 4., 3.]]])
    """

    dims = 2


class ReflectionPad3d(_ReflectionPad):
    """A mirrored border around volumes; padding: a width, or (left, right, top, bottom, front, back).

    RuntimeError for a border that is not narrower than the volume.

    >>> nn.ReflectionPad3d((0, 0, 0, 0, 1, 1))(autograd.tensor([1., 2.]).reshape(1, 2, 1, 1)).flatten()
    tensor([2., 1., 2., 1.])
    """

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
    """A border of the outermost pixels around images; padding: a width, or (left, right, top, bottom).

    >>> nn.ReplicationPad2d((1, 2, 1, 0))(autograd.tensor([[[1., 2.], [3., 4.]]]))
    tensor([[[1., 1., 2., 2., 2.],
             [1., 1., 2., 2., 2.],
             [3., 3., 4., 4., 4.]]])
    """

    dims = 2


class ReplicationPad3d(_ReplicationPad):
    """A border of the outermost elements of volumes; padding: a width, or (left, right, top, bottom, front, back).

    >>> nn.ReplicationPad3d((0, 0, 0, 0, 1, 2))(autograd.tensor([1., 2.]).reshape(1, 2, 1, 1)).flatten()
    tensor([1., 1., 2., 2., 2.])
    """

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
    """A border of what is on the other side of images; padding: a width, or (left, right, top, bottom).

    RuntimeError for a border that is wider than the image.

    >>> nn.CircularPad2d((1, 0, 1, 0))(autograd.tensor([[[1., 2.], [3., 4.]]]))
    tensor([[[4., 3., 4.],
             [2., 1., 2.],
             [4., 3., 4.]]])
    """

    dims = 2


class CircularPad3d(_CircularPad):
    """A border of what is on the other side of volumes; padding: a width, or six of them.

    RuntimeError for a border that is wider than the volume.

    >>> nn.CircularPad3d((0, 0, 0, 0, 2, 1))(autograd.tensor([1., 2., 3.]).reshape(1, 3, 1, 1)).flatten()
    tensor([2., 3., 1., 2., 3., 1.])
    """

    dims = 3

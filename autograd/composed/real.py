"""What scripts for complex numbers ask of Tensors: of real ones, the answer is the Tensor itself or its transpose."""

from __future__ import annotations

import math

from ..engine.tensor import Tensor
from ..ops.arithmetic import where
from ..types.dtypes import get_default_dtype
from .registry import function, method, tensor_property
from .shapes import matrix_transposed


@method()
def conj(input: Tensor) -> Tensor:
    """The complex conjugate, which of real numbers is the Tensor itself.

    >>> autograd.tensor([1., -2.]).conj()
    tensor([ 1., -2.])
    """
    return input


@method()
def resolve_conj(input: Tensor) -> Tensor:
    """The Tensor itself, in which no conjugation is outstanding.

    >>> autograd.tensor([1., -2.]).resolve_conj()
    tensor([ 1., -2.])
    """
    return input


@method()
def conj_physical(input: Tensor) -> Tensor:
    """As `conj`.

    >>> autograd.conj_physical(autograd.tensor([1., -2.]))
    tensor([ 1., -2.])
    """
    return input


@method()
def resolve_neg(input: Tensor) -> Tensor:
    """The Tensor itself, in which no sign is outstanding.

    >>> autograd.tensor([1., -2.]).resolve_neg()
    tensor([ 1., -2.])
    """
    return input


@method()
def is_conj(input: Tensor) -> bool:
    """False: no conjugation is outstanding.

    >>> autograd.ones(2).is_conj()
    False
    """
    return False


@method()
def is_neg(input: Tensor) -> bool:
    """False: no sign is outstanding.

    >>> autograd.ones(2).is_neg()
    False
    """
    return False


@method()
def angle(input: Tensor) -> Tensor:
    """The angle in the complex plane: π of negative numbers, 0 of others; NaN of NaN.

    >>> autograd.angle(autograd.tensor([2., -1.]))
    tensor([0.0000, 3.1416])
    """
    numbers = input if input.is_floating_point() else input.to(get_default_dtype())
    return where(numbers != numbers, numbers, (numbers < 0) * math.pi + numbers * 0)


@method()
def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions swapped; RuntimeError for fewer than two.

    >>> autograd.tensor([[1, 2], [3, 4]]).adjoint()
    tensor([[1, 3],
            [2, 4]])
    """
    return matrix_transposed(input)


@tensor_property
def mH(self: Tensor) -> Tensor:
    """As `adjoint`.

    >>> autograd.tensor([[1, 2], [3, 4]]).mH
    tensor([[1, 3],
            [2, 4]])
    """
    return adjoint(self)


@tensor_property
def H(self: Tensor) -> Tensor:
    """As `adjoint`, of one matrix only; RuntimeError for stacks of them.

    >>> autograd.tensor([[1, 2], [3, 4]]).H
    tensor([[1, 3],
            [2, 4]])
    """
    if self.ndim not in (0, 2):
        raise RuntimeError(f"H: tensor.H is only supported on matrices (2-D tensors). Got {self.ndim}-D tensor.")
    return self.t()


@function()
def real(input: Tensor) -> Tensor:
    """The real part, which is the Tensor itself.

    >>> autograd.real(autograd.tensor([1., -2.]))
    tensor([ 1., -2.])
    """
    return input

"""All parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

import autograd
from autograd import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters, one after the other.

    >>> nn.utils.parameters_to_vector([autograd.ones(1, 2), autograd.zeros(1)])
    tensor([1., 1., 0.])
    """
    return autograd.cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give the parameters, in place, the elements of ``vec`` one after the other.

    TypeError unless it is a Tensor, RuntimeError unless it has as many elements as they.

    >>> w = autograd.zeros(1, 2)
    >>> nn.utils.vector_to_parameters(autograd.tensor([3., 4.]), [w]); w
    tensor([[3., 4.]])
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected a Tensor, but got: {type(vec).__name__}")
    given = list(parameters)
    count = sum(parameter.numel() for parameter in given)
    if vec.numel() != count:
        raise RuntimeError(f"vector_to_parameters: {count} elements are needed, but the vector has {vec.numel()}")
    parts = vec.detach().split([parameter.numel() for parameter in given])
    with autograd.no_grad():
        for parameter, part in zip(given, parts):
            parameter.copy_(part.reshape(parameter.shape))

"""A Tensor that a module learns."""

from __future__ import annotations

from autograd import Tensor
from autograd.engine import above


class Parameter(Tensor):
    """A Tensor that requires grad and that a module it is assigned to counts among its parameters.

    data: a Tensor, whose memory is shared.

    >>> nn.Parameter(autograd.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    def __new__(cls, data: Tensor, requires_grad: bool = True) -> Parameter:
        if not isinstance(data, Tensor):
            raise TypeError(f"Parameter: expected a Tensor, not {type(data).__name__}")
        made: Parameter = cls._wrap(data.array, None)
        made.requires_grad_(requires_grad)
        return made

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


above.Parameter = Parameter

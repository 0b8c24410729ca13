"""``FloatTensor``, ``LongTensor`` ...: what old scripts call Tensors of one dtype."""

from __future__ import annotations

from typing import Any

from ..composed.conversion import KINDS
from ..creation.data import tensor
from ..creation.filled import empty
from ..engine.tensor import Size, Tensor
from ..types.dtypes import dtype


class TensorType(type):
    """Such a class: called, it makes a Tensor of its dtype; `isinstance` asks for that dtype.

    >>> autograd.LongTensor([1, 2]), isinstance(autograd.ones(2), autograd.FloatTensor)
    (tensor([1, 2]), True)
    """

    dtype: dtype

    def __call__(cls, *args: Any) -> Tensor:
        if len(args) == 1 and not isinstance(args[0], (int, Size)):
            return tensor(args[0], dtype=cls.dtype)
        return empty(*(args or (0,)), dtype=cls.dtype)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


TYPES = {name: TensorType(name, (), {"dtype": dtype, "__module__": "autograd"}) for _, name, dtype in KINDS}

"""``FloatTensor``, ``LongTensor`` ...: what old scripts call Tensors of one dtype."""

from __future__ import annotations

from typing import Any

from ..composed.new import old
from ..creation.layout import strided
from ..engine.tensor import Tensor
from ..types import dtypes


class TensorType(type):
    """The type of these classes: a call of one makes a Tensor of its dtype, `isinstance` asks for that dtype.

    >>> autograd.LongTensor([1, 2]), isinstance(autograd.ones(2), autograd.FloatTensor)
    (tensor([1, 2]), True)
    """

    dtype: dtypes.dtype
    is_cuda, is_sparse, layout = False, False, strided

    def __call__(cls, *args: Any) -> Tensor:
        return old(cls.dtype, *args)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


def tensor_type(name: str, dtype: dtypes.dtype) -> TensorType:
    """The class ``name`` of Tensors of ``dtype``."""
    return TensorType(name, (), {"dtype": dtype, "__module__": "autograd"})


BoolTensor = tensor_type("BoolTensor", dtypes.bool)
ByteTensor = tensor_type("ByteTensor", dtypes.uint8)
CharTensor = tensor_type("CharTensor", dtypes.int8)
DoubleTensor = tensor_type("DoubleTensor", dtypes.float64)
FloatTensor = tensor_type("FloatTensor", dtypes.float32)
HalfTensor = tensor_type("HalfTensor", dtypes.float16)
IntTensor = tensor_type("IntTensor", dtypes.int32)
LongTensor = tensor_type("LongTensor", dtypes.int64)
ShortTensor = tensor_type("ShortTensor", dtypes.int16)

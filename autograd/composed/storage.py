"""The memory of a Tensor: as a storage, and whether another sees the same."""

from __future__ import annotations

from typing import Any

from ..creation.storage import Storages, StorageType, TypedStorage, UntypedStorage, is_storage, mapped, memory_behind
from ..engine.tensor import Tensor, wrap
from ..types.dtypes import dtype as Dtype
from ..types.dtypes import get_default_dtype
from .registry import function, public, tensor_method

public("is_storage")(is_storage)


@tensor_method()
def untyped_storage(self: Tensor) -> UntypedStorage:
    """All of the memory that this Tensor is in, as bytes.

    >>> autograd.arange(4.)[1:].untyped_storage().nbytes()
    16
    """
    return UntypedStorage.of(memory_behind(self.array))


@function("from_file")
def from_file(
    filename: Any, shared: bool = False, size: int = 0, *, dtype: Dtype | None = None, requires_grad: bool = False
) -> Tensor:
    """The first ``size`` numbers in a file, not read before they are used.

    shared: what is written to the Tensor is written to the file, which is made, or made longer, if need be. Without it
    RuntimeError for a file that is too short.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     autograd.from_file(f"{folder}/numbers", True, 2).fill_(5)
    ...     autograd.from_file(f"{folder}/numbers", size=1)
    tensor([5., 5.])
    tensor([5.])
    """
    kind = (dtype or get_default_dtype()).dtype
    return wrap(mapped(filename, shared, size, kind), None).requires_grad_(requires_grad)


@tensor_method("storage", "_typed_storage")
def storage(self: Tensor) -> TypedStorage:
    """All of the memory that this Tensor is in, as numbers of its dtype.

    >>> autograd.arange(4.)[1:].storage().tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    memory = memory_behind(self.array)
    return TypedStorage.of(memory[: memory.size // self.array.itemsize * self.array.itemsize].view(self.array.dtype))


@tensor_method()
def storage_type(self: Tensor) -> StorageType:
    """What storages of this dtype are called.

    >>> autograd.ones(2).storage_type()
    <class 'autograd.FloatStorage'>
    """
    return Storages.by_dtype[self.dtype]


@tensor_method()
def is_set_to(self: Tensor, tensor: Any) -> bool:
    """Whether both see the same memory, in the same shape and the same steps.

    >>> x = autograd.ones(3); x.is_set_to(x[:]), x.is_set_to(x.clone())
    (True, False)
    """
    return bool(
        self.data_ptr() == tensor.data_ptr() and self.shape == tensor.shape and self.stride() == tensor.stride()
    )

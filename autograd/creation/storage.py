"""The memory behind Tensors, as PyTorch's storages show it: one after the other, whatever shape it is seen in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from ..engine import versions
from ..engine.copies import copied
from ..engine.tensor import Tensor, wrap
from ..ops.strided import memory_of
from ..types import dtypes
from ..types.device import CPU, device
from ..types.package import qualified

Array = np.ndarray[Any, Any]


def memory_behind(array: Array) -> Array:
    """All of the memory that ``array`` is in, as bytes, one after the other. RuntimeError if there are gaps in it."""
    memory, _ = memory_of(array)
    if not memory.flags.forc:
        raise RuntimeError(
            f"the memory of this Tensor of shape {array.shape} belongs to another library, and has gaps; clone() it"
        )
    return np.ravel(memory, order="K").view(np.uint8)


class Storage:
    """What typed and untyped storages have in common: numbers one after the other, which Tensors see as well."""

    values: Array

    @classmethod
    def of(cls, values: Array) -> Self:
        """The storage on an array of one dimension."""
        made = object.__new__(cls)
        made.values = values
        return made

    @property
    def device(self) -> device:
        return CPU

    @property
    def is_cuda(self) -> bool:
        return False

    def size(self) -> int:
        """How many elements there are; bytes, of an untyped one."""
        return len(self.values)

    __len__ = size

    def nbytes(self) -> int:
        return self.values.nbytes

    def __sizeof__(self) -> int:
        """The bytes of the memory are among its own."""
        return super().__sizeof__() + self.nbytes()

    def element_size(self) -> int:
        return self.values.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(self.values.__array_interface__["data"][0])

    def is_shared(self) -> bool:
        """False: other processes don't see it."""
        return False

    def is_pinned(self) -> bool:
        """False: there is no other device to copy it to."""
        return False

    def resize_(self, size: int) -> None:
        """Have ``size`` elements. More of them, or fewer, are in memory of their own, which Tensors don't see."""
        if size < 0:
            raise RuntimeError(f"resize_: a storage can't have {size} elements")
        grown = np.empty(size, self.values.dtype)
        kept = min(size, len(self.values))
        grown[:kept] = self.values[:kept]
        self.values = grown

    def __getitem__(self, index: Any) -> Any:
        found = self.values[index]
        return type(self).of(found) if isinstance(found, np.ndarray) else found.item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self.values[index] = value.values if isinstance(value, Storage) else value
        versions.note_write(self.values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values.tolist())

    def tolist(self) -> list[Any]:
        return self.values.tolist()

    def fill_(self, value: Any) -> Self:
        """In place: ``value`` everywhere."""
        self[:] = value
        return self

    def copy_(self, source: Storage, non_blocking: bool = False) -> Self:
        """In place: the values of another storage of this size."""
        self[:] = source
        return self

    def clone(self) -> Self:
        """The same values in memory of their own."""
        return type(self).of(self.values.copy())

    def cpu(self) -> Self:
        """The storage itself, which is on the CPU."""
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        memo[id(self)] = made = type(self).of(copied(self.values, memo))
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).of, (self.values,)

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self)
        return f"{lines}[{self._described()} of size {len(self)}]"

    def _described(self) -> str:
        return f"{qualified('storage')}.{type(self).__name__}(device=cpu)"


class UntypedStorage(Storage):
    """Memory as bytes: ``size`` of them, or those given.

    >>> x = autograd.zeros(2); x.untyped_storage()[3] = 64; x
    tensor([2., 0.])
    """

    def __init__(self, size: int | Iterable[int] = 0) -> None:
        self.values = np.empty(size, np.uint8) if isinstance(size, int) else np.array(list(size), np.uint8)

    @classmethod
    def from_file(cls, filename: Any, shared: bool = False, nbytes: int = 0) -> UntypedStorage:
        """The first bytes of a file; what is written to them if ``shared`` is written to the file, which is made."""
        return cls.of(mapped(filename, shared, nbytes, np.dtype(np.uint8)))

    def untyped(self) -> UntypedStorage:
        """Itself."""
        return self


class TypedStorage(Storage):
    """Memory as numbers of one dtype: as many as said, those of a sequence, or those of an untyped storage.

    >>> x = autograd.arange(4.); x.storage()[1] = 7; x[2:].storage().tolist()
    [0.0, 7.0, 2.0, 3.0]
    """

    def __init__(
        self, *args: Any, wrap_storage: UntypedStorage | None = None, dtype: dtypes.dtype | None = None
    ) -> None:
        if len(args) > 1:
            raise TypeError(f"TypedStorage() takes a size or a sequence, but got {len(args)} arguments")
        kind = (dtype or dtypes.get_default_dtype()).dtype
        if wrap_storage is not None:
            self.values = wrap_storage.values.view(kind)
        elif not args or isinstance(args[0], int):
            self.values = np.empty(args[0] if args else 0, kind)
        else:
            self.values = np.array(list(args[0]), kind)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.from_numpy_dtype(self.values.dtype)

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage.of(self.values.view(np.uint8))

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """What storages of this dtype are called; or the values in another one, named that way."""
        if dtype is None:
            return qualified(Storages.by_dtype[self.dtype].__name__)
        name = dtype if isinstance(dtype, str) else dtype.__name__
        return self.to(dtype=Storages.by_name[name.rpartition(".")[2]].dtype)

    def pickle_storage_type(self) -> str:
        """What PyTorch's files call it."""
        return Storages.by_dtype[self.dtype].__name__

    def _described(self) -> str:
        return f"{qualified('storage')}.TypedStorage(dtype={self.dtype}, device=cpu)"

    def to(self, *, dtype: dtypes.dtype) -> TypedStorage:
        """The values in another dtype; itself if it is this one."""
        return self if dtype is self.dtype else TypedStorage.of(self.values.astype(dtype.dtype))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        if not isinstance(index, (int, np.integer)):
            raise RuntimeError(f"can't index a TypedStorage with {type(index).__name__}")
        return super().__getitem__(index)


def _converter(target: dtypes.dtype) -> Any:
    def convert(self: TypedStorage) -> TypedStorage:
        return self.to(dtype=target)

    convert.__doc__ = f"The values in ``{target}``."
    return convert


class StorageType(type):
    """The type of ``FloatStorage`` and its kin: a call makes a storage of that dtype, `isinstance` asks for it.

    >>> isinstance(autograd.ones(2).storage(), autograd.FloatStorage), autograd.LongStorage([1, 2]).tolist()
    (True, [1, 2])
    """

    dtype: dtypes.dtype

    def __call__(cls, *args: Any) -> TypedStorage:
        return TypedStorage(*args, dtype=cls.dtype)

    def from_file(cls, filename: Any, shared: bool = False, size: int = 0) -> TypedStorage:
        """The first numbers in a file; what is written to them if ``shared`` is written to the file, which is made."""
        return TypedStorage.of(mapped(filename, shared, size, cls.dtype.dtype))

    def from_buffer(cls, buffer: Any, byte_order: str = "native", count: int = -1, offset: int = 0) -> TypedStorage:
        """Numbers that lie in a buffer such as bytes, copied; byte_order: "native", "little" or "big"."""
        orders: dict[str, Any] = {"native": "=", "little": "<", "big": ">"}
        if byte_order not in orders:
            raise ValueError(f"invalid byte_order {byte_order!r} (expected 'big', 'little', or 'native')")
        dtype = cls.dtype.dtype
        if (len(buffer) - offset) % dtype.itemsize and count < 0:
            raise ValueError(f"buffer size ({len(buffer)}) must be a multiple of element size ({dtype.itemsize})")
        values = np.frombuffer(buffer, dtype.newbyteorder(orders[byte_order]), count, offset)
        return TypedStorage.of(values.astype(dtype))

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, TypedStorage) and instance.dtype is cls.dtype


def mapped(filename: Any, shared: bool, size: int, dtype: np.dtype[Any]) -> Array:
    """The first ``size`` numbers in a file, as memory; RuntimeError if there are fewer and it isn't ``shared``."""
    if not size:
        return np.empty(0, dtype)
    if shared:
        with open(filename, "ab") as file:
            file.truncate(max(os.path.getsize(filename), size * dtype.itemsize))
    elif os.path.getsize(filename) < size * dtype.itemsize:
        raise RuntimeError(f"{filename} has {os.path.getsize(filename)} bytes, not {size} numbers of {dtype}")
    return np.asarray(np.memmap(filename, dtype, "r+" if shared else "c", shape=(size,)))


class Storages:
    """The classes of typed storages, by the names that PyTorch has for them."""

    by_name: ClassVar[dict[str, StorageType]] = {}
    by_dtype: ClassVar[dict[dtypes.dtype, StorageType]] = {}


for _dtype, _name in dtypes.OLD_NAMES.items():
    made = StorageType(f"{_name}Storage", (), {"dtype": _dtype, "__module__": "autograd"})
    Storages.by_name[made.__name__] = Storages.by_dtype[_dtype] = made
    setattr(TypedStorage, _name.lower(), _converter(_dtype))


def is_storage(obj: Any) -> bool:
    """Whether ``obj`` is a storage.

    >>> autograd.is_storage(autograd.ones(1).storage()), autograd.is_storage(autograd.ones(1))
    (True, False)
    """
    return isinstance(obj, Storage)


def seen(storage: Storage, dtype: np.dtype[Any], offset: int, size: Sequence[int], strides: Sequence[int]) -> Array:
    """The memory of ``storage`` from an element on, in these sizes and steps. RuntimeError outside of it."""
    if min((*size, *strides, offset), default=0) < 0:
        raise RuntimeError(f"sizes {list(size)}, strides {list(strides)} and offset {offset} must not be negative")
    values = storage.values.view(np.uint8)
    try:
        return np.ndarray(size, dtype, values, offset * dtype.itemsize, [step * dtype.itemsize for step in strides])
    except (TypeError, ValueError):
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(strides)}, storage offset {offset} of {dtype} are out of "
            f"bounds for storage of size {values.size}"
        ) from None


def tensor_on(storage: TypedStorage) -> Tensor:
    """A Tensor on all of ``storage``."""
    return wrap(storage.values, None)

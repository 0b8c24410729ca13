"""A Tensor in another dtype."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..creation.layout import CHANNELS_LAST, check_channels, checked, contiguous_format, memory_format
from ..engine.tensor import Tensor
from ..ops.shape import cast, clone
from ..ops.shape import contiguous as in_rows
from ..types import dtypes
from ..types.device import device, only_cpu
from ..types.package import qualified
from .registry import tensor_method

OPTIONS = ("non_blocking", "copy")


@tensor_method()
def to(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """In another dtype, ``to(dtype)``, or that of another Tensor, ``to(other)``; the Tensor itself if nothing changes,
    unless ``copy``.

    ``to(device)`` and ``to(device, dtype)`` know one device, the CPU. RuntimeError for others.

    >>> autograd.tensor([1, 2]).to(autograd.float32)
    tensor([1., 2.])
    >>> autograd.tensor([1, 2]).to("cpu", autograd.bool)
    tensor([True, True])
    """
    names: tuple[str, ...] = ("device", "dtype")
    if args and isinstance(args[0], Tensor):
        names = ("other",)
    elif args and (isinstance(args[0], dtypes.dtype) or args[0] in dtypes.PYTHON_TYPES):
        names = ("dtype",)
    elif "other" in kwargs:
        names = ("other",)
    positions = names + OPTIONS
    given = dict(zip(positions, args))
    unknown = kwargs.keys() - {*positions, "device", "dtype", "memory_format"}
    doubtful = any(not isinstance(given.get(name, kwargs.get(name, False)), bool) for name in OPTIONS)
    if unknown or doubtful or len(args) > len(positions) or given.keys() & kwargs.keys():
        raise TypeError(f"to() takes (dtype), (device, dtype) or (other), then copy=, but got {[*args, *kwargs]}")
    given |= kwargs
    only_cpu("to", given.get("device"))
    wanted = given["other"].dtype if "other" in given else given.get("dtype")
    target = self.dtype if wanted is None else dtypes.from_numpy_dtype(dtypes.numpy_dtype(wanted))
    made = self if target is self.dtype else cast(self, target)
    made = arranged("to", made, given.get("memory_format"))
    return self.clone() if made is self and given.get("copy") else made


def arranged(name: str, x: Tensor, format: memory_format | None) -> Tensor:
    """``x`` with its elements in this order in memory; itself if they are so already."""
    format = checked(name, format)
    if format is contiguous_format:
        return x if x.is_contiguous() else x.contiguous()
    if format in CHANNELS_LAST:
        check_channels(name, format, x.ndim)
        return x.movedim(1, -1).contiguous().movedim(-1, 1)
    return x


clone.keyword(memory_format=lambda x, format: arranged("clone", clone(x), format))


@tensor_method()
def contiguous(self: Tensor, memory_format: memory_format = contiguous_format) -> Tensor:
    """This Tensor laid out in rows, or with channels last: itself if it is, else a copy.

    >>> autograd.ones(2, 3).t().contiguous().stride()
    (2, 1)
    """
    if memory_format is contiguous_format:
        return self if self.array.flags.c_contiguous else in_rows(self)
    return arranged("contiguous", self, memory_format)


@tensor_method()
def is_contiguous(self: Tensor, memory_format: memory_format = contiguous_format) -> bool:
    """Whether the elements lie in memory row by row, or with channels last, without gaps.

    >>> autograd.ones(2, 3).is_contiguous(), autograd.ones(2, 3).t().is_contiguous()
    (True, False)
    """
    if memory_format not in CHANNELS_LAST:
        return self.array.flags.c_contiguous
    return self.ndim == CHANNELS_LAST[memory_format] and np.moveaxis(self.array, 1, -1).flags.c_contiguous


def converter(name: str, target: dtypes.dtype) -> Callable[..., Tensor]:
    """The method ``name``, which converts to ``target``."""

    def convert(self: Tensor, memory_format: memory_format | None = None) -> Tensor:
        return arranged(name, self.to(target), memory_format)

    convert.__name__ = convert.__qualname__ = name
    example = dtypes.numpy_dtype(target).type(1).item()
    suffix = "" if target in (dtypes.float32, dtypes.int64, dtypes.bool) else f", dtype={target}"
    value = "1." if target.is_floating_point else str(example)
    convert.__doc__ = f"""In ``{target}``; the Tensor itself if it is so already.

    >>> autograd.tensor([1, 1]).{name}()
    tensor([{value}, {value}]{suffix})
    """
    return convert


for target, name in dtypes.OLD_NAMES.items():
    tensor_method(name.lower())(converter(name.lower(), target))


@tensor_method()
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """In the dtype of ``other``.

    >>> autograd.tensor([1, 2]).type_as(autograd.ones(1))
    tensor([1., 2.])
    """
    return self.to(other.dtype)


@tensor_method("type")
def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """In another dtype, which may be called as in ``"autograd.FloatTensor"``; without one, what this one is called.

    >>> autograd.ones(2).type()
    'autograd.FloatTensor'
    >>> autograd.ones(2).type("autograd.LongTensor"), autograd.ones(2).type(autograd.int64)
    (tensor([1, 1]), tensor([1, 1]))
    """
    called = {target: f"{name}Tensor" for target, name in dtypes.OLD_NAMES.items()}
    if dtype is None:
        return qualified(called[self.dtype])
    if isinstance(dtype, type):
        dtype = f"autograd.{dtype.__name__}"
    if isinstance(dtype, str):
        found = [target for target, name in called.items() if name == dtype.rpartition(".")[2] != dtype]
        if not found:
            raise ValueError(f"type: invalid type: {dtype!r}; the types are {', '.join(called.values())}")
        return self.to(found[0])
    return self.to(dtype)


@tensor_method()
def cpu(self: Tensor, memory_format: memory_format | None = None) -> Tensor:
    """The Tensor itself, which is on the CPU.

    >>> autograd.ones(2).cpu()
    tensor([1., 1.])
    """
    return arranged("cpu", self, memory_format)


@tensor_method()
def cuda(self: Tensor, device: device | int | None = None) -> Tensor:
    """RuntimeError: there is no GPU here. ``x.to(device)`` with the device that there is runs everywhere.

    >>> autograd.ones(2).cuda()
    Traceback (most recent call last):
    RuntimeError: cuda: there is no device 'cuda'; everything here runs on 'cpu'
    """
    only_cpu("cuda", "cuda")
    return self

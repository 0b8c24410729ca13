"""In which order the elements of a new Tensor lie in memory. It changes no result: every op here takes any order."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types.package import qualified


class Named:
    """What there is one of for each name, and is no more than that."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return qualified(self.name)

    def __reduce__(self) -> str:
        return self.name


class memory_format(Named):
    """One of ``preserve_format``, ``contiguous_format``, ``channels_last`` and ``channels_last_3d``."""

    __slots__ = ()


class layout(Named):
    """How the elements of a Tensor are kept: ``strided`` is one by one, at steps of a number of bytes.

    >>> autograd.ones(2, 3).layout
    autograd.strided
    """

    __slots__ = ()


strided = layout("strided")

preserve_format = memory_format("preserve_format")
contiguous_format = memory_format("contiguous_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")

CHANNELS_LAST = {channels_last: 4, channels_last_3d: 5}


def checked(name: str, format: memory_format | None) -> memory_format:
    """``format``, or ``preserve_format`` for None; TypeError for what is none."""
    if format is not None and not isinstance(format, memory_format):
        raise TypeError(f"{name}(): argument 'memory_format' must be an autograd.memory_format, not {format!r}")
    return format or preserve_format


def check_channels(name: str, format: memory_format, ndim: int) -> None:
    """Raise RuntimeError unless ``ndim`` is the number of dimensions that channels come last in."""
    if ndim != CHANNELS_LAST[format]:
        raise RuntimeError(f"{name}: {format} is for {CHANNELS_LAST[format]} dimensions, not {ndim}")


def empty_array(
    name: str, like: np.ndarray[Any, Any], dtype: np.dtype[Any], format: memory_format | None
) -> np.ndarray[Any, Any]:
    """An unfilled array in the shape of ``like``."""
    format = checked(name, format)
    if format in CHANNELS_LAST:
        check_channels(name, format, like.ndim)
        batch, channels, *sizes = like.shape
        return np.moveaxis(np.empty((batch, *sizes, channels), dtype), -1, 1)
    repeats = 0 in like.strides
    return np.empty_like(like, dtype, order="K" if format is preserve_format and not repeats else "C")


def order_in_memory(array: np.ndarray[Any, Any]) -> list[int]:
    """The dimensions of ``array``, that of the largest steps first."""
    return sorted(range(array.ndim), key=lambda dim: -abs(array.strides[dim]))


def in_memory_order(values: np.ndarray[Any, Any], array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``values``, which are flat, for ``array``: one after the other as its elements lie in memory."""
    if array.flags.c_contiguous:
        return values.reshape(array.shape)
    order = order_in_memory(array)
    return values.reshape([array.shape[dim] for dim in order]).transpose(np.argsort(order))


def as_in_memory(values: np.ndarray[Any, Any], array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The reverse: ``values``, of the shape of ``array``, flat in that order."""
    return values.transpose(order_in_memory(array)).reshape(-1)

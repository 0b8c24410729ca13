"""The shape of a Tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from operator import index
from typing import Any

import numpy as np

from ..types.package import qualified


class Size(tuple[int, ...]):
    """The shape of a Tensor: a tuple of sizes. TypeError for what isn't made of ints.

    >>> import autograd
    >>> shape = autograd.zeros(2, 3).shape
    >>> shape, shape == (2, 3), shape.numel()
    (autograd.Size([2, 3]), True, 6)
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[Any] = ()) -> Size:
        try:
            return tuple.__new__(cls, map(index, sizes))
        except TypeError as error:
            raise TypeError(f"autograd.Size() takes an iterable of ints: {error}") from None

    def numel(self) -> int:
        return int(np.prod(self, dtype=np.int64))

    def __getitem__(self, key: Any) -> Any:
        part = tuple.__getitem__(self, key)
        return size_of(part) if isinstance(key, slice) else part

    def __add__(self, other: tuple[int, ...]) -> Size:  # type: ignore[override]
        return size_of(tuple.__add__(self, other))

    def __radd__(self, other: tuple[int, ...]) -> Size:
        return size_of(tuple.__add__(other, self))

    def __mul__(self, times: Any) -> Size:
        return size_of(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"{qualified('Size')}({list(self)})"


# Of what is known to be sizes.
size_of: Callable[[tuple[int, ...]], Size] = partial(tuple.__new__, Size)

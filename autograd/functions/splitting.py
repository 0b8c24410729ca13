"""One Tensor cut into several."""

from __future__ import annotations

from typing import Any

from ..ops.shape import along
from ..tensor import Tensor, check_dim
from .registry import method


@method()
def split(input: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of ``input`` along ``dim``: each of one size (the last may be smaller), or of the sizes given.

    >>> autograd.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    axis = check_dim("split", dim, input.ndim)
    length = input.array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 0 or (size == 0 and length):
            raise RuntimeError(f"split: expects a positive split_size, not {size}")
        sections = [size] * (length // size if size else 1)
        rest = length - sum(sections)
        sections += [rest] if rest or not sections else []
    else:
        sections = list(split_size_or_sections)
        if sum(sections) != length or any(size < 0 for size in sections):
            raise RuntimeError(f"split: sizes {sections} don't add up to the {length} of dimension {dim}")
    pieces, start = [], 0
    for size in sections:
        pieces.append(input[along(axis, slice(start, start + size))])
        start += size
    return tuple(pieces)


@method()
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most ``chunks`` views of ``input`` along ``dim``, of one size but for the last.

    >>> autograd.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if chunks < 1:
        raise RuntimeError(f"chunk: expects `chunks` to be greater than 0, not {chunks}")
    length = input.array.shape[check_dim("chunk", dim, input.ndim)]
    return split(input, -(-length // chunks) if length else 1, dim)


@method()
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices of ``input`` along ``dim``.

    >>> autograd.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    axis = check_dim("unbind", dim, input.ndim)
    return tuple(input[along(axis, i)] for i in range(input.array.shape[axis]))

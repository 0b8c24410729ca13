"""One Tensor cut into several."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from ..engine.tensor import Tensor, check_dim
from ..ops.shape import along
from ..types.dtypes import int64
from .registry import method


@method("split", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes")
def split(input: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of ``input`` along ``dim``: each of one size (the last may be smaller), or of the sizes given.

    >>> autograd.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    _refuse_scalar("split", input)
    axis = check_dim("split", dim, input.ndim)
    length = input.array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 0 or (size == 0 and length):
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={size}"
                if size < 0
                else f"split_size can only be 0 if dimension size is 0, but got dimension size of {length}"
            )
        sections = [size] * (length // size if size else 1)
        rest = length - sum(sections)
        sections += [rest] if rest or not sections else []
    else:
        sections = list(split_size_or_sections)
        if any(size < 0 for size in sections):
            raise RuntimeError(
                f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sections}"
            )
        if sum(sections) != length:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
                f"{dim}), but got split_sizes={sections}"
            )
    evenly = isinstance(split_size_or_sections, int)
    pieces = _cut(input, axis, itertools.accumulate(sections, initial=0))
    return _at_once("Split" if evenly else "SplitWithSizes", pieces)


def _cut(input: Tensor, axis: int, borders: Iterable[int | None]) -> tuple[Tensor, ...]:
    """The slices of ``input`` between each of ``borders`` and the next."""
    return tuple(input[along(axis, slice(start, end))] for start, end in itertools.pairwise(borders))


def _at_once(name: str, pieces: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """``pieces``, views that one function returned: in a graph they can't be written to."""
    for position, piece in enumerate(pieces):
        piece.view_of.several = position, name
        if piece.node is not None:
            piece.node.called = f"{name}Backward0"
    return pieces


def _refuse_scalar(name: str, input: Tensor, least: int = 1) -> None:
    """Raise RuntimeError for fewer dimensions than ``least``."""
    if input.ndim < least:
        raise RuntimeError(
            f"{name} requires a tensor with at least {least} dimension, but got a tensor with {input.ndim} dimensions!"
        )


@method("chunk", "unsafe_chunk")
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most ``chunks`` views of ``input`` along ``dim``, of one size but for the last.

    >>> autograd.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    _refuse_scalar("chunk", input)
    length = input.array.shape[check_dim("chunk", dim, input.ndim)]
    if chunks >= 2**63:
        raise RuntimeError(f"chunk: expects `chunks` to be less than 2⁶³, not {chunks}")
    return split(input, -(-length // chunks) if length else [0] * chunks, dim)


@method()
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices of ``input`` along ``dim``.

    >>> autograd.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    if not input.ndim:
        raise IndexError(f"unbind: Dimension specified as {dim} but tensor has no dimensions")
    axis = check_dim("unbind", dim, input.ndim)
    return _at_once("Unbind", tuple(input[along(axis, i)] for i in range(input.array.shape[axis])))


@method()
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of ``input`` along ``dim``: so many, of sizes that differ by at most 1, or cut at the indices given.

    >>> autograd.arange(5).tensor_split((1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    _refuse_scalar("tensor_split", input)
    axis = check_dim("tensor_split", dim, input.ndim)
    cuts = indices_or_sections
    if isinstance(cuts, Tensor):
        if cuts.dtype is not int64 or cuts.ndim > 1:
            raise RuntimeError("tensor_split: expected indices or sections as a 0-d or 1-d Tensor of int64")
        cuts = cuts.tolist()
    if not isinstance(cuts, (int, list, tuple)):
        raise TypeError(f"tensor_split(): expected a number of sections or indices, not {type(cuts).__name__}")
    if not isinstance(cuts, int):
        return _cut(input, axis, [0, *cuts, None])
    if cuts < 1:
        raise RuntimeError(f"tensor_split: number of sections must be larger than 0, got {cuts}")
    size, longer = divmod(input.shape[axis], cuts)
    return _cut(input, axis, [i * size + min(i, longer) for i in range(cuts + 1)])


def _split_evenly(name: str, input: Tensor, indices_or_sections: Any, dim: int) -> tuple[Tensor, ...]:
    """`tensor_split` along ``dim``, into pieces of one size."""
    sections = indices_or_sections
    if isinstance(sections, int) and (sections < 1 or input.shape[dim] % sections):
        raise RuntimeError(
            f"{name} attempted to split along dimension {dim}, but the size of the dimension {input.shape[dim]} is not "
            f"divisible by the split_size {sections}!"
        )
    return tensor_split(input, sections, dim)


@method()
def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` along dimension 1, vectors along 0; a number of pieces must divide the size.

    >>> autograd.arange(4).hsplit(2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    _refuse_scalar("hsplit", input)
    return _split_evenly("hsplit", input, indices_or_sections, 0 if input.ndim == 1 else 1)


@method()
def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` along dimension 0 of at least two; a number of pieces must divide the size.

    >>> autograd.tensor([[1], [2]]).vsplit(2)
    (tensor([[1]]), tensor([[2]]))
    """
    _refuse_scalar("vsplit", input, 2)
    return _split_evenly("vsplit", input, indices_or_sections, 0)


@method()
def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """`tensor_split` along dimension 2 of at least three; a number of pieces must divide the size.

    >>> autograd.tensor([[[1, 2]]]).dsplit(2)
    (tensor([[[1]]]), tensor([[[2]]]))
    """
    _refuse_scalar("dsplit", input, 3)
    return _split_evenly("dsplit", input, indices_or_sections, 2)

"""Sequences of several lengths: padded to one length, or packed, in which no step is spent on padding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd import Tensor
from autograd.ops.index import write_at


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences laid out step by step, the longest first: the first elements of all, then the second ones, and so on.

    data: the elements, one in a row. batch_sizes: how many there are of each step. sorted_indices: which of the
    sequences given is the i-th here; unsorted_indices: the inverse; None where their order was kept. Recurrent modules
    take and return them; `pack_sequence` and `pack_padded_sequence` make them.

    >>> nn.utils.rnn.pack_sequence([autograd.tensor([1, 2, 3]), autograd.tensor([4, 5])]).data
    tensor([1, 4, 2, 5, 3])
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same with the elements converted, as by `Tensor.to`."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else PackedSequence(data, *self[1:])

    def cpu(self) -> PackedSequence:
        return self

    def double(self) -> PackedSequence:
        return self.to(autograd.float64)

    def float(self) -> PackedSequence:
        return self.to(autograd.float32)

    def half(self) -> PackedSequence:
        return self.to(autograd.float16)

    def long(self) -> PackedSequence:
        return self.to(autograd.int64)

    def int(self) -> PackedSequence:
        return self.to(autograd.int32)

    @property
    def is_cuda(self) -> bool:
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes this one; None for None."""
    return None if permutation is None else permutation.argsort()


def _steps(lengths: np.ndarray[Any, Any], longest: Any) -> np.ndarray[Any, Any]:
    """(longest, B): whether a sequence has this step."""
    return np.arange(longest)[:, None] < lengths


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """The sequences of a padded Tensor (T, B, ...), or (B, T, ...) if ``batch_first``, packed.

    lengths: of each sequence. RuntimeError unless they are positive, fit into ``input``, and, if ``enforce_sorted``,
    come the longest first; otherwise the sequences are sorted here.

    >>> x = autograd.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]])
    >>> packed = nn.utils.rnn.pack_padded_sequence(x, [2, 1, 3], batch_first=True, enforce_sorted=False)
    >>> packed.data, packed.batch_sizes
    (tensor([4, 1, 3, 5, 2, 6]), tensor([3, 2, 1]))
    """
    sizes = autograd.as_tensor(lengths).to(autograd.int64)
    order = None
    if not enforce_sorted:
        sizes, order = autograd.sort(sizes, descending=True, stable=True)
        input = input.index_select(0 if batch_first else 1, order)
    if batch_first:
        input = input.transpose(0, 1)
    counts, described = sizes.numpy(), f"lengths {sizes.tolist()} for an input (T, B, ...) of {tuple(input.shape)}"
    if sizes.shape != input.shape[1:2]:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {described}")
    if not counts.size:
        raise RuntimeError("Cannot pack empty tensors.")
    if (counts <= 0).any():
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0: "
            f"{described}"
        )
    if (np.diff(counts) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            f"`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to have it done; got {described}"
        )
    if counts[0] > input.shape[0]:
        raise RuntimeError(f"Expected no length above the {input.shape[0]} steps that there are, but got {described}")
    there = _steps(counts, counts[0])
    return PackedSequence(input[: counts[0]][there], autograd.from_numpy(there.sum(axis=1)), order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The sequences in their first order as a padded Tensor (T, B, ...) or (B, T, ...), and their lengths.

    padding_value: what to fill up with. total_length: T, if it is to be more than the longest has; ValueError if less.

    >>> packed = nn.utils.rnn.pack_sequence([autograd.tensor([1, 2, 3]), autograd.tensor([4, 5])])
    >>> nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    (tensor([[1, 2, 3],
            [4, 5, 0]]), tensor([3, 2]))
    """
    data, batch_sizes, _, unsorted = sequence
    steps = len(batch_sizes) if total_length is None else total_length
    if steps < len(batch_sizes):
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {len(batch_sizes)}"
        )
    lengths = (np.arange(int(batch_sizes[0])) < batch_sizes.numpy()[:, None]).sum(axis=0)
    shape = (steps, len(lengths), *data.shape[1:])
    padded = write_at(autograd.full(shape, padding_value, dtype=data.dtype), data, _steps(lengths, steps))
    sizes = autograd.from_numpy(lengths)
    if unsorted is not None:
        padded, sizes = padded.index_select(1, unsorted), sizes[unsorted]
    return padded.transpose(0, 1) if batch_first else padded, sizes


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (L, ...) of several lengths as one Tensor (T, B, ...) or (B, T, ...), filled up with ``padding_value``.

    padding_side: "right" or "left". RuntimeError for others, for no sequences, and where the shapes differ in more than
    the length.

    >>> nn.utils.rnn.pad_sequence([autograd.tensor([1, 2, 3]), autograd.tensor([4, 5])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 5, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences).__name__}"
        )
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"pad_sequence: Expected padding_side to be one of left or right, but got {padding_side}.")
    given = list(sequences)
    if not given:
        raise RuntimeError("pad_sequence: received an empty list of sequences")
    longest = max(len(one) for one in given)
    filled = []
    for one in given:
        if one.shape[1:] != given[0].shape[1:]:
            raise RuntimeError(
                "pad_sequence: the sequences must agree in all but their lengths, but their shapes are "
                f"{[tuple(one.shape) for one in given]}"
            )
        missing = longest - len(one)
        ends = (missing, 0) if padding_side == "left" else (0, missing)
        filled.append(autograd.pad(one, (0, 0) * (one.ndim - 1) + ends, value=padding_value))
    return autograd.stack(filled, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded Tensor (T, B, ...) or (B, T, ...), each of its length: what `pad_sequence` was given.

    >>> x = autograd.tensor([[1, 2, 3], [4, 5, 0]])
    >>> nn.utils.rnn.unpad_sequence(x, autograd.tensor([3, 2]), batch_first=True)
    [tensor([1, 2, 3]), tensor([4, 5])]
    """
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[:length] for row, length in zip(rows.unbind(0), lengths.tolist(), strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (L, ...) of several lengths packed; RuntimeError as in `pack_padded_sequence`.

    >>> packed = nn.utils.rnn.pack_sequence([autograd.tensor([1]), autograd.tensor([2, 3])], enforce_sorted=False)
    >>> packed.data, packed.sorted_indices
    (tensor([2, 1, 3]), tensor([1, 0]))
    """
    lengths = [len(one) for one in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that were packed, in their first order.

    >>> nn.utils.rnn.unpack_sequence(nn.utils.rnn.pack_sequence([autograd.tensor([1, 2, 3]), autograd.tensor([4, 5])]))
    [tensor([1, 2, 3]), tensor([4, 5])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)

"""What becomes of samples: one batch, or Tensors where there were arrays."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ...creation.data import as_tensor, tensor
from ...engine.tensor import Tensor, wrap
from ...ops.joining import stack


def default_collate(batch: Sequence[Any]) -> Any:
    """A batch of samples as Tensors with one more dimension in front; tuples, lists and dicts part by part.

    Strings stay a list. TypeError for samples of other kinds.

    >>> autograd.utils.data.default_collate([(1, 2.5), (3, 4.5)])
    [tensor([1, 3]), tensor([2.5000, 4.5000], dtype=autograd.float64)]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stacked(list(batch))
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind not in "OSU":
        return stacked([as_tensor(sample) for sample in batch])
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, Mapping):
        return mapped(first, lambda key: default_collate([sample[key] for sample in batch]))
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return sequence(first, [default_collate(part) for part in zip(*batch)])
    kind = f"array of dtype {first.dtype}" if isinstance(first, (np.ndarray, np.generic)) else type(first)
    raise TypeError(f"default_collate: batch must contain tensors, arrays, numbers, dicts or lists; found {kind}")


def stacked(tensors: list[Tensor]) -> Tensor:
    """The Tensors along a new dimension in front: by NumPy alone where no gradient will come, as mostly in data."""
    if all(type(tensor) is Tensor and tensor.node is None for tensor in tensors):
        arrays = [tensor.array for tensor in tensors]
        if all(array.shape == arrays[0].shape and array.dtype == arrays[0].dtype for array in arrays):
            return wrap(np.array(arrays), None)
    return stack(tensors)


def default_convert(data: Any) -> Any:
    """``data`` with Tensors for arrays and NumPy's numbers, in lists, tuples and dicts too; all else as it is.

    >>> autograd.utils.data.default_convert({"x": numpy.array([0, 1]), "name": "a"})
    {'x': tensor([0, 1]), 'name': 'a'}
    """
    if isinstance(data, (Tensor, str, bytes)):
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in "OSU" else as_tensor(data)
    if isinstance(data, Mapping):
        return mapped(data, lambda key: default_convert(data[key]))
    return sequence(data, [default_convert(part) for part in data]) if isinstance(data, Sequence) else data


def mapped(like: Mapping[Any, Any], value: Callable[[Any], Any]) -> Any:
    """A mapping of the kind of ``like``, and with what else it holds, with ``value(key)`` under each key."""
    values = {key: value(key) for key in like}
    try:
        if not isinstance(like, MutableMapping):
            return type(like)(values)  # type: ignore[call-arg]
        made = copy.copy(like)
        made.update(values)
        return made
    except TypeError:  # It can't be copied, or not be made of a dict.
        return values


def sequence(like: Sequence[Any], parts: list[Any]) -> Any:
    """``parts`` as a sequence of the kind of ``like``; but a list for a tuple without names, as in PyTorch."""
    if isinstance(like, tuple):
        return type(like)(*parts) if hasattr(like, "_fields") else parts
    try:
        if not isinstance(like, MutableSequence):
            return type(like)(parts)  # type: ignore[call-arg]
        made = copy.copy(like)
        for i, part in enumerate(parts):
            made[i] = part
        return made
    except TypeError:  # It can't be copied, or not be made of a list.
        return parts

"""Writing into a Tensor's memory: what ``add_``, ``x += y`` and ``x[i] = y`` have in common.

In a graph such a write is recorded like any op: gradients pass to what was written, and no longer to what was there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..ops.index import getitem, is_basic
from ..ops.strided import seen_as
from ..types.dtypes import CATEGORY, check_fits
from . import versions, views
from .agreement import OPERANDS
from .tensor import Chain, Tensor, needs_graph, wrap


def in_graph(name: str, x: Tensor, values: Iterable[Any] = ()) -> bool:
    """Whether writing ``values`` into ``x`` is to be recorded.

    RuntimeError for a leaf that requires grad, for a view of one, and for a view that was made while recording was off.
    """
    base = views.base_of(x)
    if x.array.dtype.kind != "f" or not needs_graph(x, base, *values):
        return False
    if base is not x and x.view_of.several:
        position, function = x.view_of.several
        raise RuntimeError(
            f"{name}: Output {position} of {function} is a view and is being modified inplace. This view is the output "
            "of a function that returns multiple views. Such functions do not allow the output views to be modified "
            "inplace. You should replace the inplace operation by an out-of-place one."
        )
    if base is not x and not x.view_of.recorded:
        raise RuntimeError(
            f"{name}: A view was created in no_grad mode and is being modified inplace with grad mode enabled: whether "
            "gradients are to see that can't be known. Make the view and write to it both inside the no_grad() block, "
            "or both outside"
        )
    if base.node is not None and base.is_leaf:
        what = "a leaf Variable" if base is x else "a view of a leaf Variable"
        raise RuntimeError(
            f"{name}: {what} that requires grad is being used in an in-place operation (shape {tuple(x.shape)}); "
            "write to it under no_grad(), or make a new Tensor instead"
        )
    return True


def refuse_overlap(name: str, target: np.ndarray[Any, Any], read: Iterable[Any]) -> None:
    """Raise RuntimeError if one of the Tensors ``read`` sees a part of the memory of ``target``, or in another order.

    As in PyTorch, which writes while it reads.
    """
    for x in read:
        if not isinstance(x, Tensor) or x.array is target or (x.array.base is None and target.base is None):
            continue
        refuse_other_order(name, target, x.array)


def refuse_other_order(name: str, target: np.ndarray[Any, Any], seen: np.ndarray[Any, Any]) -> None:
    """`refuse_overlap` of one array. Of memory with gaps between its elements that isn't asked."""
    if not np.may_share_memory(seen, target) or not seen.flags.forc or not target.flags.forc:
        return
    same = seen.ctypes.data == target.ctypes.data and seen.shape == target.shape
    if same and all(size == 1 or a == b for size, a, b in zip(seen.shape, seen.strides, target.strides)):
        return
    raise RuntimeError(
        f"{name}: unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
        f"memory location, in shapes {tuple(seen.shape)} and {tuple(target.shape)}. Please clone() the tensor before "
        "performing the operation."
    )


def check_result(name: str, x: Tensor, values: np.ndarray[Any, Any]) -> None:
    """Raise RuntimeError unless ``values`` can take the place of those of ``x``."""
    if CATEGORY[values.dtype.kind] > CATEGORY[x.array.dtype.kind]:
        raise RuntimeError(
            f"{name}: result type {values.dtype} can't be cast to the desired output type {x.array.dtype}"
        )
    if values.shape != x.array.shape:
        raise RuntimeError(
            f"{name}: output with shape {list(x.shape)} doesn't match the broadcast shape {list(values.shape)}"
        )


def place(x: Tensor, keys: tuple[Any, ...]) -> tuple[np.ndarray[Any, Any], Any]:
    """Where ``keys``, one after the other, lead to in the memory of ``x``: a view of it, and the key into that."""
    *before, last = keys or (...,)
    seen = x.array
    for key in before:
        seen = seen[key]
    return seen, last


def write(x: Tensor, values: Any, keys: tuple[Any, ...] = ()) -> Tensor:
    """Put ``values``, an array or a number, into the memory of ``x``, in its dtype."""
    seen, last = place(x, keys)
    if not seen.flags.writeable:
        seen = unlocked(x, seen, last, values)
    seen[last] = values
    if not getattr(views.base_of(x), "unwatched", False):
        versions.note_write(x.array)
    return x


def count_up(x: Tensor) -> None:
    """Add 1, where no derivative reads this: so no backward pass needs to know that it was written to."""
    x.array += 1


def copy_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return array.copy()


def unlocked(x: Tensor, seen: np.ndarray[Any, Any], last: Any, values: Any) -> np.ndarray[Any, Any]:
    """``seen``, read-only memory of ``x``, such that ``values`` can be written where ``last`` leads to in it.

    RuntimeError unless it is only read-only because it is expanded, and each place gets one value.
    """
    if not views.base_of(x).array.flags.writeable:
        raise RuntimeError(
            f"an in-place operation on memory of shape {tuple(x.shape)} that is read-only: it was made so, or "
            "freeze_saved() is on and a graph has saved it; clone() it first"
        )
    target = getitem.forward(seen, last)
    if target.base is None:
        target = seen
    repeats = any(size > 1 and not step for size, step in zip(target.shape, target.strides))
    if repeats and any(np.asarray(values).strides):
        raise RuntimeError(
            f"unsupported operation: more than one element of the written-to tensor of shape {tuple(x.shape)} refers "
            "to a single memory location: it is expanded; clone() it first"
        )
    seen = seen_as(seen, seen.shape, seen.strides)
    seen.flags.writeable = True
    return seen


def in_place(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method ``name_``: what ``function`` computes, written into its first argument."""
    text = f"In place: writes ``{name}`` of this Tensor and the arguments into it, and returns it."
    name = f"{name}_"

    def call(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        read = (*args, *kwargs.values()) if kwargs else args
        refuse_overlap(name, self.array, read)
        if not in_graph(name, self, read):
            out = function(self.detach(), *args, **kwargs)
            check_result(name, self, out.array)
            return write(self, out.array)
        # Of a copy: the rules may read what is there before the write.
        out = function(wrap(copy_of(self.array), self.node), *args, **kwargs)
        check_result(name, self, out.array)
        write(self, out.array)
        views.rebind(self, (), out.to(self.dtype).node)
        return self

    call.__name__ = call.__qualname__ = name
    call.__doc__ = text
    return call


def put(name: str, x: Tensor, value: Any, keys: tuple[Any, ...] = ()) -> Tensor:
    """``x`` with ``value``, a Tensor, an array or a number, written where ``keys``, one after the other, lead.

    It is cast and broadcast to what is there; RuntimeError for a Python number that integers of its dtype can't hold,
    TypeError for what isn't numbers.
    """
    recorded = in_graph(name, x, (value,))
    if not keys:
        refuse_overlap(name, x.array, (value,))
    values = value.array if isinstance(value, Tensor) else value
    if not isinstance(value, OPERANDS):
        values = np.asarray(value)
        if values.dtype.kind not in CATEGORY:
            raise TypeError(f"{name}: can't assign a {type(value).__name__} to a Tensor of {x.dtype}")
    if isinstance(value, (int, float)):
        check_fits(name, np.asarray(value), x.array.dtype)
    try:
        seen, last = place(x, keys)
        target = getitem.forward(seen, last)
        shape = target.shape
        if isinstance(value, Tensor) and value.array.dtype != x.array.dtype and not is_basic(last):
            raise RuntimeError(
                f"{name}: Index put requires the source and destination dtypes match, got {x.dtype} for the "
                f"destination and {value.dtype} for the source."
            )
        while np.ndim(values) > len(shape) and values.shape[0] == 1:
            values = values[0]
        values = np.broadcast_to(values, shape)
        if keys and target.base is not None and isinstance(value, Tensor) and value.array.ndim:
            refuse_other_order(name, target, values)
    except ValueError:
        raise RuntimeError(
            f"{name}: values of shape {list(np.shape(values))} don't broadcast to the shape {list(shape)} they are "
            "written to"
        ) from None
    write(x, values, keys)
    if recorded:
        chain: Chain = tuple((getitem, (key,), {}) for key in keys)
        node = None
        if isinstance(value, Tensor) and value.node is not None:
            dropped = value.reshape(value.shape[max(0, value.ndim - len(shape)) :])
            node = dropped.to(x.dtype).expand(shape).node
        views.rebind(x, chain, node)
    return x

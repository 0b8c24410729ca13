"""``torch.utils``: its smaller files."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

from autograd import cat

from ..creation.data import from_dlpack
from ..engine.hooks import RemovableHandle
from ..engine.tensor import Tensor
from ..types.device import device

__all__ = ["RemovableHandle", "context_decorator", "from_dlpack", "to_dlpack"]
DeviceContext = device


def to_dlpack(tensor: Tensor) -> Any:
    """The memory of ``tensor`` for another library."""
    return tensor.__dlpack__()


def context_decorator(ctx: Callable[[], Any], func: Callable[..., Any]) -> Callable[..., Any]:
    """``func`` in a block of ``ctx()``."""

    @functools.wraps(func)
    def within(*args: Any, **kwargs: Any) -> Any:
        with ctx():
            return func(*args, **kwargs)

    return within


def unserializable_hook(f: Any) -> Any:
    """``f`` as it is."""
    return f


def warn_if_has_hooks(tensor: Tensor) -> None:
    """Nothing."""


def noop_context_fn() -> Any:
    """Two blocks like any other."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def set_checkpoint_early_stop(enable: bool) -> Any:
    """A block like any other."""
    return noop_context_fn()[0]


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The states of the generators of other devices than the CPU: of none."""
    return [], []


def set_device_states(devices: Any, states: Any, *, device_type: str | None = None) -> None:
    """Nothing."""


def is_fake(x: Any) -> bool:
    """False: every Tensor has numbers."""
    return False


class _DecoratorContextManager(contextlib.ContextDecorator):
    """The base of blocks that decorate functions as well: each call has a block of its own, made by ``clone``."""

    def clone(self) -> Any:
        return type(self)()

    _recreate_cm = clone


def _flatten_dense_tensors(tensors: Any) -> Tensor:
    """The elements of all, in one dimension."""
    return cat([t.reshape(-1) for t in tensors])


def _unflatten_dense_tensors(flat: Tensor, tensors: Any) -> tuple[Tensor, ...]:
    """``flat`` in as many parts as there are ``tensors``, of their shapes."""
    return tuple(part.view(t.shape) for part, t in zip(flat.split([t.numel() for t in tensors]), tensors))


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """``inputs``, the Tensors out of their graphs and with a gradient of their own where they have one."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}")
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs)


def _get_available_device_type() -> None:
    """None: there is no other device than the CPU."""


def _get_foreach_kernels_supported_devices() -> list[str]:
    return []


def _get_fused_kernels_supported_devices() -> list[str]:
    return []


def _group_tensors_by_device_and_dtype(tensorlistlist: Any, with_indices: bool = False) -> Any:
    """Lists of Tensors, by the dtype of those in the first list."""
    found: dict[Any, Any] = {}
    for i, one in enumerate(tensorlistlist[0]):
        lists, indices = found.setdefault((one.device, one.dtype), ([[] for _ in tensorlistlist], []))
        for kept, given in zip(lists, tensorlistlist):
            if given:
                kept.append(given[i])
        indices.append(i)
    return found

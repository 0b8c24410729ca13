"""``torch._C``: what libraries take from PyTorch's core, which is written in C++."""

from __future__ import annotations

from typing import Any

from ..creation.generator import Generator
from ..engine import overriding
from ..engine.tensor import Tensor
from ..types.device import device
from ..types.dtypes import dtype
from .names_only import Nothing

TensorBase = Tensor
_TensorBase = Tensor
DisableTorchFunctionSubclass = DisableTorchFunction = overriding.DisableTorchFunctionSubclass
_disabled_torch_function_impl = overriding.disabled
_TensorMeta = type
__all__ = ["Generator", "TensorBase", "device", "dtype"]


class ScriptFunction(Nothing):
    """A compiled function. There is none here."""


class ScriptModule(Nothing):
    """A compiled module. There is none here."""


class ScriptMethod(Nothing):
    """A method of one."""


class ScriptObject(Nothing):
    """An object that a compiled function can hold."""


class TensorType(Nothing):
    """The type of a Tensor in a compiled function."""


class Node(Nothing):
    """A step of a compiled function."""


class Value(Nothing):
    """What a step of a compiled function gives."""


class Graph(Nothing):
    """The steps of a compiled function."""


class _Names:
    """By what PyTorch's core chooses a kernel: names, of which there is any."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return name


DispatchKey = _Names()


class DispatchKeySet:
    """Some of these names. Nothing is chosen by them here."""

    def __init__(self, key: Any) -> None: ...

    def __or__(self, other: Any) -> DispatchKeySet:
        return self


class _nn:
    """How PyTorch's core reads arguments."""

    @staticmethod
    def _parse_to(*args: Any, **kwargs: Any) -> tuple[Any, Any, bool, Any]:
        """The device and the dtype that ``to`` was given, whether it may go on meanwhile, and an order in memory."""
        kwargs.pop("copy", None)
        if args and isinstance(args[0], Tensor):
            args = (args[0].device, args[0].dtype, *args[1:])
        kind = next((a for a in args if isinstance(a, dtype)), kwargs.get("dtype"))
        where = next((a for a in args if isinstance(a, (str, int, device)) and a not in (True, False)), None)
        where = kwargs.get("device") if where is None else where
        not_waiting = kwargs.get("non_blocking", any(a is True for a in args))
        return None if where is None else device(where), kind, not_waiting, kwargs.get("memory_format")


def _log_api_usage_once(*names: Any) -> None: ...


def _get_tracing_state() -> None: ...


def _is_tracing() -> bool:
    return False


def is_batchedtensor(tensor: Any) -> bool:
    """Whether `vmap` runs over ``tensor``: it does so over arrays, never seen from outside."""
    return False


def _are_functorch_transforms_active() -> bool:
    return False


is_gradtrackingtensor = is_functorch_wrapped_tensor = is_batchedtensor
_cuda_getDeviceCount = _get_tracing_state

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


def _log_api_usage_once(*names: Any) -> None: ...


def _get_tracing_state() -> None: ...


def _is_tracing() -> bool:
    return False


def is_batchedtensor(tensor: Any) -> bool:
    """Whether `vmap` runs over ``tensor``: it does so over arrays, never seen from outside."""
    return False


is_gradtrackingtensor = is_functorch_wrapped_tensor = is_batchedtensor
_cuda_getDeviceCount = _get_tracing_state

"""What is checked before an optimizer does anything: what it is given, and whether arrays fit their parameters."""

from __future__ import annotations

from collections.abc import Iterable
from types import MethodType
from typing import Any

import numpy as np

from autograd import Scalar, Tensor
from autograd.engine import above

from .kernels import Array


def listed(params: Any) -> tuple[list[Any], Any]:
    """``params`` as a list, and the module whose they are, if that is known: what `Module.parameters` returns.

    TypeError if it can't be one.
    """
    wanted = "params argument given to the optimizer should be an iterable of Tensors or dicts"
    if isinstance(params, (Tensor, Scalar)):
        raise TypeError(f"{wanted}, not a {type(params).__name__}; put it in a list")
    if isinstance(params, MethodType):
        raise TypeError(f"{wanted}, not the method {params.__name__}; call it: {params.__name__}()")
    if above.is_module(params):
        raise TypeError(f"{wanted}, not a module; give model.parameters()")
    found: list[Any] = []

    def each() -> Any:
        return (yield from params)

    iterator = each()
    while True:
        try:
            found.append(next(iterator))
        except StopIteration as end:
            return found, end.value
        except TypeError as error:
            if found or isinstance(params, Iterable):
                raise
            raise TypeError(f"{wanted}, not a {type(params).__name__}") from error


def checked(name: str, value: Any, low: float = 0.0, message: str = "Invalid {}: {}") -> Any:
    """``value``; TypeError unless it is a number, ValueError unless ``low <= value``."""
    if isinstance(value, Tensor):
        if value.numel() != 1:
            raise ValueError(f"Tensor {'lr' if name == 'learning rate' else name} must be 1-element")
    elif not isinstance(value, (int, float, np.number)):
        raise TypeError(f"{name} must be a number, not {value!r} of type {type(value).__name__}")
    if not low <= float(value):
        raise ValueError(message.format(name, value))
    return value


def check_implementation(**settings: Any) -> dict[str, Any]:
    """``settings`` of an optimizer. Those for how a step is computed change nothing: here a kernel always does it.

    RuntimeError for those of them that exclude each other; NotImplementedError for ``differentiable``.
    """
    if settings.get("fused") and settings.get("differentiable"):
        raise RuntimeError("`fused` does not support `differentiable`")
    if settings.get("fused") and settings.get("foreach"):
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if settings.get("differentiable"):
        raise NotImplementedError(
            "differentiable=True: a step is not recorded; write it with operations on Tensors, as in w = w - lr * g "
            "with g from autograd.grad(loss, w, create_graph=True)"
        )
    return settings


READ_ONLY = (
    "unsupported operation: {} of shape {} is read-only or expanded, so it can't be written to; clone() it first"
)


def misfit(what: str, array: Array, parameter: Array) -> str:
    """What is said of an ``array`` that hasn't the shape and the dtype of its parameter."""
    return (
        f"{what} has the shape {array.shape} and the dtype {array.dtype}, but the parameter it belongs to has "
        f"{parameter.shape} and {parameter.dtype}"
    )


def writable(array: Array) -> bool:
    """Whether each element of ``array`` has a place of its own in memory that may be written to."""
    if array.flags.c_contiguous:
        return array.flags.writeable
    return array.flags.writeable and all(stride or size < 2 for stride, size in zip(array.strides, array.shape))

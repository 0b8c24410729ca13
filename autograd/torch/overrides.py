"""``torch.overrides``: what libraries ask before they take a Tensor for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..engine.tensor import Tensor
from .names_only import Nothing


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether an argument wants to answer itself, by ``__torch_function__``."""
    return any(type(arg) is not Tensor and hasattr(type(arg), "__torch_function__") for arg in relevant_args)


def has_torch_function_unary(arg: Any) -> bool:
    """`has_torch_function` of one."""
    return has_torch_function((arg,))


def has_torch_function_variadic(*args: Any) -> bool:
    """`has_torch_function` of all."""
    return has_torch_function(args)


def handle_torch_function(function: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    """What the first that wants to answers for ``function``."""
    types = tuple({type(arg): None for arg in relevant_args if hasattr(type(arg), "__torch_function__")})
    for kind in types:
        answer = kind.__torch_function__(function, types, args, kwargs)
        if answer is not NotImplemented:
            return answer
    raise TypeError(f"no implementation found for {function} on types that implement __torch_function__: {list(types)}")


def is_tensor_like(inp: Any) -> bool:
    """Whether ``inp`` is a Tensor, or answers like one."""
    return isinstance(inp, Tensor) or hasattr(type(inp), "__torch_function__")


class TorchFunctionMode(Nothing):
    """What answers for every function in a block."""


class TorchDispatchMode(Nothing):
    """What answers for every op in a block."""


def is_traceable_wrapper_subclass(t: Any) -> bool:
    """False."""
    return False


def _get_current_dispatch_mode() -> None: ...

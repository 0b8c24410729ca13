"""``torch.overrides``: what libraries ask before they take a Tensor for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..engine.overriding import answered, depth, overriding
from ..engine.tensor import Tensor
from .names_only import Nothing


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether an argument wants to answer itself, by ``__torch_function__``."""
    return not depth.disabled and bool(overriding(relevant_args))


def has_torch_function_unary(arg: Any) -> bool:
    """`has_torch_function` of one."""
    return has_torch_function((arg,))


def has_torch_function_variadic(*args: Any) -> bool:
    """`has_torch_function` of all."""
    return has_torch_function(args)


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """What the first of the ``relevant_args`` that wants to answers for ``public_api``."""
    return answered(public_api, args, kwargs, tuple(relevant_args))


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[..., Any]:
    """A decorator: of the arguments that ``dispatcher`` names, the first that wants to answers for the function."""

    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            return answered(call, args, kwargs, relevant) if has_torch_function(relevant) else function(*args, **kwargs)

        call.__name__, call.__qualname__, call.__doc__ = function.__name__, function.__qualname__, function.__doc__
        return call

    return decorated


def is_tensor_like(inp: Any) -> bool:
    """Whether ``inp`` is a Tensor, or answers like one."""
    return isinstance(inp, Tensor) or hasattr(type(inp), "__torch_function__")


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether ``func`` is a method of Tensors, or reads or writes one of their attributes."""
    return getattr(func, "__name__", "") == "__get__" or getattr(Tensor, getattr(func, "__name__", ""), None) is func


def resolve_name(f: Callable[..., Any]) -> str | None:
    """Where ``f`` is, as ``torch.Tensor.add``; None for what isn't a method of Tensors."""
    return f"torch.Tensor.{f.__name__}" if is_tensor_method_or_property(f) else None


class TorchFunctionMode(Nothing):
    """What answers for every function in a block."""


class TorchDispatchMode(Nothing):
    """What answers for every op in a block."""


def is_traceable_wrapper_subclass(t: Any) -> bool:
    """False."""
    return False


def _get_current_dispatch_mode() -> None: ...

"""``torch.optim.optimizer``: what optimizers of others import beside the base class."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..engine.grad_mode import no_grad
from ..engine.hooks import RemovableHandle
from ..engine.tensor import Tensor

__all__ = ["ParamsT", "RemovableHandle", "required"]
ParamsT = Params = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
StateDict = dict[str, Any]
F = TypeVar("F", bound=Callable[..., Any])


class _Required:
    """What stands for an option that every group must have."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
_params_doc = _foreach_doc = _fused_doc = _maximize_doc = _capturable_doc = _differentiable_doc = ""


def _use_grad_for_differentiable(function: F) -> F:
    return no_grad()(function)


def _default_to_fused_or_foreach(*args: Any, **options: Any) -> tuple[bool, bool]:
    return False, False


def _get_value(x: Any) -> Any:
    return x.item() if isinstance(x, Tensor) else x


def _dispatch_sqrt(x: float) -> float:
    return x**0.5


def _stack_if_compiling(x: Any) -> Any:
    return x


def _view_as_real(*args: Any) -> None: ...


def _disable_dynamo_if_unsupported(**options: Any) -> Callable[[F], F]:
    return lambda decorated: decorated

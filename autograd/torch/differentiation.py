"""``torch.autograd``: its names beside those of `autograd`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..engine.custom import Context as FunctionCtx
from ..engine.custom import Function, once_differentiable
from ..engine.debug import detect_anomaly, set_detect_anomaly
from ..engine.endings import queue_callback
from ..engine.node import Node
from ..engine.tensor import Tensor

__all__ = ["FunctionCtx", "InplaceFunction", "Node", "Variable", "detect_anomaly", "once_differentiable"]
__all__ += ["set_detect_anomaly"]
BackwardCFunction = FunctionCtx


class VariableType(type):
    """The type of `Variable`: every Tensor is one."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)

    def __call__(cls, data: Any = None, requires_grad: bool | None = None, volatile: Any = None) -> Tensor:
        """The Tensor ``data``, outside the graph."""
        return data.detach().requires_grad_(bool(requires_grad))


class Engine:
    """What walks back through graphs."""

    def queue_callback(self, callback: Callable[[], object]) -> None:
        """Call ``callback`` at the end of the backward pass that is going on."""
        queue_callback(callback)


class Variable(metaclass=VariableType):
    """What a Tensor with a gradient was called; the call gives a Tensor."""

    _execution_engine = Engine()


class set_multithreading_enabled:
    """Nothing: gradients are computed by the thread that asks for them."""

    def __init__(self, mode: bool) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


class InplaceFunction(Function):
    """A `Function` of old that is told whether it writes to its argument.

    inplace: kept as an attribute; what is written to is said by ``ctx.mark_dirty``.
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

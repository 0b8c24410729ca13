"""`Scalar`: one number and its gradient, on Python floats, for seeing backpropagation from the inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .engine import debug
from .engine.node import Node, ancestors, next_id
from .engine.record import on_numbers
from .engine.walk import backward_steps
from .ops import OPS, Op
from .surface.operators import OPERATORS

new = object.__new__


class Scalar(Node):
    """A Python float in a computation graph: ``data``, its gradient ``grad``, and a ``label`` for the drawing.

    Operators and ``relu``, ``tanh``, ``exp``, ``log``, ``sigmoid`` ... record. ``backward`` adds to the ``grad`` of
    every Scalar on the way, not only of leaves. A Scalar is its own node; ops, walk and drawing are those of Tensors.
    The names are those of micrograd's Value (Karpathy, 2020).

    >>> import autograd
    >>> w, x = autograd.Scalar(2.0, label="w"), autograd.Scalar(-3.0, label="x")
    >>> y = (w * x + 1).tanh()
    >>> y.backward()
    >>> y, w.grad == x.data * (1 - y.data ** 2)
    (Scalar(data=-0.9999, grad=1.0000), True)
    """

    __slots__ = ("data",)

    data: float
    shape = ()
    dtype = np.dtype("float64")
    frees = False
    hooks = None

    def __init__(self, data: float, label: str = "") -> None:
        if isinstance(data, Scalar) or not isinstance(data, (int, float)):
            raise TypeError(f"Scalar: expected a number, not {type(data).__name__}")
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self.op = None
        self.parents = ()
        self.saved = None
        self.id = next_id()

    def backward(self) -> None:
        """Add to ``grad`` of every Scalar that led to this one the derivative of this one with respect to it."""
        try:
            steps = list(debug.watched(backward_steps({self: 1.0}, retain_graph=True)))
        except ArithmeticError:
            # NumPy's floats give inf and NaN where Python's raise.
            for node in ancestors([self]):
                node.saved = tuple(map(np.float64, node.saved or ()))
            with np.errstate(all="ignore"):
                steps = list(debug.watched(backward_steps({self: np.float64(1.0)}, retain_graph=True)))
        for node, upstream, _ in steps:
            node.grad += float(upstream)

    def zero_grad(self) -> None:
        """Set ``grad`` to 0, of this Scalar and of all that led to it."""
        for node in ancestors([self]):
            node.grad = 0.0

    def item(self) -> float:
        """``data``."""
        return self.data

    def __float__(self) -> float:
        return self.data

    @property
    def _prev(self) -> set[Any]:
        return {parent for parent in self.parents if parent is not None}

    @property
    def _op(self) -> str:
        return "" if self.op is None else self.op.symbol

    def __repr__(self) -> str:
        return f"Scalar(data={self.data:.4f}, grad={self.grad:.4f})"

    if TYPE_CHECKING:

        def __add__(self, other: Scalar | float) -> Scalar: ...
        def __radd__(self, other: float) -> Scalar: ...
        def __sub__(self, other: Scalar | float) -> Scalar: ...
        def __rsub__(self, other: float) -> Scalar: ...
        def __mul__(self, other: Scalar | float) -> Scalar: ...
        def __rmul__(self, other: float) -> Scalar: ...
        def __truediv__(self, other: Scalar | float) -> Scalar: ...
        def __rtruediv__(self, other: float) -> Scalar: ...
        def __pow__(self, other: Scalar | float) -> Scalar: ...
        def __rpow__(self, other: float) -> Scalar: ...
        def __neg__(self) -> Scalar: ...
        def __abs__(self) -> Scalar: ...
        def relu(self) -> Scalar: ...
        def tanh(self) -> Scalar: ...
        def exp(self) -> Scalar: ...
        def log(self) -> Scalar: ...
        def sigmoid(self) -> Scalar: ...
        def sqrt(self) -> Scalar: ...
        def sin(self) -> Scalar: ...
        def cos(self) -> Scalar: ...
        def abs(self) -> Scalar: ...


def _install() -> None:
    """Give Scalars a method for each op that says what it is on floats, and the operators."""
    for op in OPS.values():
        if op.scalar is None or op.level == "internal" or op.arity > 2:
            continue
        method = _unary(op) if op.arity == 1 else _binary(op)
        special = OPERATORS.get(op)
        for name in filter(None, (op.name, special)):
            setattr(Scalar, name, method)
        if special and op.arity == 2:
            setattr(Scalar, f"__r{special.strip('_')}__", _reflected(op))


def _made(op: Op, parents: tuple[Node | None, ...], saved: tuple[float, ...]) -> Scalar:
    """The result of a call, which is the first of what was ``saved``."""
    made: Scalar = new(Scalar)
    made.data = saved[0]
    made.grad = 0.0
    made.label = ""
    made.op = op
    made.parents = parents
    made.saved = saved
    made.id = next_id()
    return made


def _unary(op: Op) -> Callable[..., Scalar]:
    scalar: Any = op.scalar

    def method(self: Scalar) -> Scalar:
        x = self.data
        try:
            out = scalar(x)
        except (ArithmeticError, ValueError):
            out = on_numbers(op, x)
        return _made(op, (self,), (out, x))

    return method


def _binary(op: Op) -> Callable[..., Any]:
    scalar: Any = op.scalar

    def method(self: Scalar, other: Any) -> Any:
        x = self.data
        parents: tuple[Scalar, Scalar | None]
        if type(other) is Scalar:
            y = other.data
            parents = (self, other)
        elif isinstance(other, (int, float)):
            y = other
            parents = (self, None)
        else:
            return NotImplemented
        try:
            out = scalar(x, y)
        except (ArithmeticError, ValueError):
            out = on_numbers(op, x, y)
        return _made(op, parents, (out, x, y))

    return method


def _reflected(op: Op) -> Callable[..., Any]:
    """``number op Scalar``."""

    def method(self: Scalar, other: Any) -> Any:
        if isinstance(other, (int, float)):
            return _made(op, (None, self), (on_numbers(op, other, self.data), other, self.data))
        return NotImplemented

    return method


_install()

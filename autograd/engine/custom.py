"""Operations of one's own: `Function`, with a forward and a backward written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, NamedTuple

import numpy as np

from ..ops.op import Op
from ..ops.shape import cast
from .grad_mode import is_grad_enabled, recording
from .node import Node, record
from .several import picked
from .tensor import Tensor, wrap
from .versions import note_write
from .views import rebind
from .writing import in_graph


class Saved(NamedTuple):
    """A Tensor that backward will see again: its array, and the node that made it or which result it is."""

    array: np.ndarray[Any, Any]
    origin: Node | int | None


class Context:
    """What `Function.forward` leaves for `Function.backward`: saved Tensors, and whatever is set as an attribute.

    needs_input_grad: for each argument of forward whether its gradient is wanted.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self.saved_tensors: tuple[Tensor | None, ...] = ()
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep arguments or results of forward, or what it computed, for ``saved_tensors`` in backward.

        What is kept this way is checked: backward raises RuntimeError if it was written to in place since.
        """
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(f"save_for_backward can only save Tensors, but argument is of type {type(tensor)}")
        self.saved_tensors = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say that forward wrote into these of its arguments; they must be among its results."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say that nothing passes back through these results."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros, as it does, or None for results that no gradient came back to."""
        self._materialize = value


class Function:
    """An operation with a derivative of its own. Subclass it, write ``forward`` and ``backward``, call ``apply``.

    ``forward(ctx, *args)`` computes with Tensors, unrecorded. ``backward(ctx, *gradients)`` gets the gradient of each
    result and returns one for each argument of forward, None where there is none; written with Tensors, it can be
    differentiated in turn. With ``setup_context(ctx, inputs, output)``, forward goes without ``ctx``.

    >>> import autograd
    >>> class Cube(autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x ** 3
    ...     @staticmethod
    ...     def backward(ctx, gradient):
    ...         (x,) = ctx.saved_tensors
    ...         return gradient * 3 * x ** 2
    >>> x = autograd.tensor(2., requires_grad=True)
    >>> y = Cube.apply(x); y
    tensor(8., grad_fn=<CubeBackward>)
    >>> y.backward(); x.grad
    tensor(12.)
    """

    op: Op

    def __init_subclass__(cls) -> None:
        cls.op = op = Op(cls.forward)
        op.name = op.symbol = cls.__name__
        op.backward_name = f"{cls.__name__}Backward"
        op.pull = partial(_pull, cls, False)
        op.pull_recorded = partial(_pull, cls, True)

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the result, or a tuple of results."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Leave in ``ctx`` what backward needs, where forward doesn't."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """The gradients of the arguments of forward from those of its results."""
        raise NotImplementedError("You must implement the backward function for custom autograd.Function.")

    def __call__(self, *args: Any) -> Any:
        """RuntimeError: it is the class that is called, by ``apply``."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            f"function with static forward method: {type(self).__name__}.apply(...)"
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run forward and record the call."""
        enabled = is_grad_enabled()
        parents = tuple(x.node if enabled and isinstance(x, Tensor) else None for x in args)
        ctx = Context(tuple(parent is not None for parent in parents))
        with recording(False):
            if cls.setup_context is Function.setup_context:
                out = cls.forward(ctx, *args)
            else:
                out = cls.forward(*args)
                cls.setup_context(ctx, args, out)
        outputs = out if isinstance(out, tuple) else (out,)
        for tensor in ctx._dirty:
            if not _among(tensor, args) or not _among(tensor, outputs):
                raise RuntimeError(
                    f"{cls.__name__}: a Tensor marked as dirty must be an input and an output of forward"
                )
            in_graph(cls.__name__, tensor)
            note_write(tensor.array)
        differentiable = [
            i
            for i, x in enumerate(outputs)
            if isinstance(x, Tensor) and x.is_floating_point() and not _among(x, ctx._constant)
        ]
        if any(parents) and differentiable:
            outputs = _recorded(cls.op, ctx, parents, outputs, differentiable)
        return outputs if isinstance(out, tuple) else outputs[0]


def left_by(node: Node, name: str) -> bool:
    """Whether ``node`` is a call of a `Function` whose forward left something under this name, still there."""
    saved = node.saved
    return isinstance(saved, tuple) and bool(saved) and isinstance(saved[0], Context) and hasattr(saved[0], name)


def _among(x: Any, group: Sequence[Any]) -> bool:
    return any(x is one for one in group)


def _recorded(
    op: Op, ctx: Context, parents: tuple[Node | None, ...], outputs: tuple[Any, ...], differentiable: Sequence[int]
) -> tuple[Any, ...]:
    """The results of forward, those that are ``differentiable`` as part of the graph."""
    kept: list[Saved | None] = []
    for tensor in ctx.saved_tensors:
        # A node doesn't refer to its own results, or it would never go.
        result = next((i for i, out in enumerate(outputs) if out is tensor), None)
        kept.append(None if tensor is None else Saved(tensor.array, tensor.node if result is None else result))
    ctx.saved_tensors = ()
    like: list[Any] = [x.array if isinstance(x, Tensor) else None for x in outputs]
    call = record(
        op, parents, (ctx, kept, [getattr(array, "dtype", None) for array in like]), True, like[differentiable[0]]
    )
    made = list(outputs)
    for i in differentiable:
        node = call if len(outputs) == 1 else picked(call, i, len(outputs), like[i])
        if _among(outputs[i], ctx._dirty):
            rebind(outputs[i], (), node)
        else:
            made[i] = wrap(like[i], node)
    if len(outputs) > 1:
        call.shape = tuple(getattr(array, "shape", None) for array in like)
    return tuple(made)


def _pull(cls: type[Function], recorded: bool, upstream: Any, call: Node, parents: Sequence[Node | None]) -> Any:
    """The gradients of the arguments by ``cls.backward``: of Tensors with a graph if ``recorded``, else of arrays."""
    ctx, kept, like = call.saved
    arrived = [upstream] if len(like) == 1 else list(upstream)
    shapes = [call.shape] if len(like) == 1 else call.shape
    gradients = []
    for gradient, shape, dtype in zip(arrived, shapes, like):
        if gradient is None and ctx._materialize and dtype is not None:
            gradient = np.zeros(shape, dtype)
        gradients.append(
            gradient if gradient is None or isinstance(gradient, Tensor) else wrap(np.asarray(gradient), None)
        )
    ctx.saved_tensors = tuple(None if one is None else _unpacked(one, call, len(like)) for one in kept)
    with recording(recorded):
        returned = cls.backward(ctx, *gradients)
        ctx.saved_tensors = ()
        results = list(returned) if isinstance(returned, (tuple, list)) else [returned]
        if len(results) < len(call.parents) or any(extra is not None for extra in results[len(call.parents) :]):
            raise RuntimeError(
                f"function {cls.op.backward_name} returned an incorrect number of gradients "
                f"(expected {len(call.parents)}, got {len(results)})"
            )
        return [
            (parent, _checked(cls.op.backward_name, i, gradient, parent, recorded))
            for i, (parent, gradient) in enumerate(zip(parents, results))
            if parent is not None and gradient is not None
        ]


def _unpacked(saved: Saved, call: Node, count: int) -> Tensor:
    """The Tensor that was saved, where it was in the graph."""
    if not isinstance(saved.origin, int):
        return wrap(saved.array, saved.origin)
    return wrap(saved.array, call if count == 1 else picked(call, saved.origin, count, saved.array))


def _checked(name: str, position: int, gradient: Any, parent: Node, recorded: bool) -> Any:
    """The gradient that a backward returned, in the shape and the dtype of its argument."""
    if not isinstance(gradient, Tensor):
        raise TypeError(f"{name}: expected a Tensor or None as gradient {position}, not {type(gradient).__name__}")
    if gradient.shape != parent.shape:
        try:
            gradient = gradient.sum_to_size(parent.shape)
        except RuntimeError:
            raise RuntimeError(
                f"Function {name} returned an invalid gradient at index {position} - got {list(gradient.shape)} but "
                f"expected shape compatible with {list(parent.shape)}"
            ) from None
    if gradient.array.dtype != parent.dtype:
        gradient = cast(gradient, parent.dtype)
    return gradient if recorded else gradient.array


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Mark the backward of a `Function` as not differentiable itself: a second derivative raises RuntimeError.

    >>> import autograd
    >>> class Negative(autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return -x
    ...     @staticmethod
    ...     @autograd.function.once_differentiable
    ...     def backward(ctx, gradient):
    ...         return -gradient
    """

    @wraps(backward)
    def once(ctx: Any, *gradients: Any) -> Any:
        with recording(False):
            returned = backward(ctx, *gradients)
        parents = tuple(g.node for g in gradients if isinstance(g, Tensor) and g.node is not None)
        if not is_grad_enabled() or not parents:
            return returned
        results = returned if isinstance(returned, tuple) else (returned,)
        return tuple(
            wrap(x.array, record(ONCE, parents, (None,), False, x.array)) if isinstance(x, Tensor) else x
            for x in results
        )

    return once


def _refuse(*_: Any) -> Any:
    raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


ONCE = Op(_refuse, symbol="once")
ONCE.pull = ONCE.pull_recorded = _refuse

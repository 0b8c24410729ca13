"""Derivatives of a function at a point: PyTorch's ``torch.autograd.functional``.

inputs: a Tensor or a tuple of Tensors, which ``func`` takes as its arguments; what comes back is nested as they are.
v: the vector to multiply with, nested as the outputs or inputs; where those have one element it may be left out.
create_graph: the result can be differentiated further, in the inputs too if they require grad.
strict: RuntimeError where an output doesn't depend on an input, instead of zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .engine.grad_mode import enable_grad
from .engine.tensor import Tensor, wrap
from .transforms.aliases import alias
from .transforms.jacobians import Pushforward, filled, jacobian_by_columns, jacobian_by_rows, pulled, units

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Tensor | tuple[Tensor, ...]
Found = list[Tensor | None]


def vjp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The outputs, and for each input Σ v·∂output/∂input.

    >>> x = autograd.tensor([1., 2.])
    >>> autograd.functional.vjp(lambda x: x * x, x, autograd.tensor([1., 10.]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    call = _Call("vjp", func, inputs, create_graph, strict)
    vector = call.vector(v, call.outputs, call.nested_outputs, "user-provided function returns")
    found = pulled(call.outputs, call.inputs, vector, create_graph=create_graph)
    return call.result(), call.like_inputs(call.zeros("output", found, call.inputs, "input"))


def jvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The outputs, and for each output Σ ∂output/∂input·v.

    >>> x = autograd.tensor([1., 2.])
    >>> autograd.functional.jvp(lambda x: (x * x).sum(), x, autograd.tensor([1., 10.]))
    (tensor(5.), tensor(42.))
    """
    call = _Call("jvp", func, inputs, create_graph, strict)
    vector = call.vector(v, call.inputs, call.nested, "input is")
    push = Pushforward(call.outputs, call.inputs)
    call.zeros("output", push.pulled, call.inputs, "input")
    found = call.zeros("gradient", push(vector, create_graph), call.outputs, "output")
    return call.result(), call.like_outputs(found)


def jacobian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """∂output/∂input of shape ``output.shape + input.shape``; for tuples of them, ``result[output][input]``.

    strategy: "reverse-mode" goes output element by output element, "forward-mode" input element by input element.
    vectorize: accepted for PyTorch's sake; they are computed one by one.

    >>> autograd.functional.jacobian(lambda x: x[:2] * x[2], autograd.tensor([1., 2., 3.]))
    tensor([[3., 0., 1.],
            [0., 3., 2.]])
    """
    _check_strategy(strategy)
    call = _Call("jacobian", func, inputs, create_graph, strict)
    if strategy == "forward-mode":
        if strict:
            raise RuntimeError(
                'jacobian: `strict=True` and `strategy="forward-mode"` are not supported together; set `strict=False` '
                'or `strategy="reverse-mode"`'
            )
        rows = jacobian_by_columns(call.outputs, call.inputs, create_graph)
    else:
        for y in call.outputs if strict else ():
            row = pulled(
                [y], call.inputs, [wrap(np.zeros_like(y.array), None)], retain_graph=True, create_graph=create_graph
            )
            call.zeros("output", row, call.inputs, "input")
        rows = [jacobian_by_rows(y, call.inputs, create_graph) for y in call.outputs]
    return call.like_outputs([call.like_inputs(row) for row in rows])


def hessian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """∂²output/∂input∂input of a function with one element as output; for a tuple of inputs ``result[input][input]``.

    >>> autograd.functional.hessian(lambda x: x[0] ** 2 * x[1], autograd.tensor([1., 2.]))
    tensor([[4., 2.],
            [2., 0.]])
    """
    _check_strategy(outer_jacobian_strategy)

    def gradient(*args: Tensor) -> tuple[Tensor, ...]:
        return tuple(_Call("hessian", func, args, True, strict).gradient())

    nested, given = _tuple("inputs", "hessian", inputs)
    blocks = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return blocks if nested else blocks[0][0]


def vhp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The output, which has one element, and v times its Hessian.

    >>> autograd.functional.vhp(lambda x: x[0] ** 2 * x[1], autograd.tensor([1., 2.]), autograd.tensor([1., 0.]))
    (tensor(2.), tensor([4., 2.]))
    """
    call = _Call("vhp", func, inputs, create_graph, strict)
    vector = call.vector(v, call.inputs, call.nested, "input is")
    found = pulled(call.gradient(), call.inputs, vector, create_graph=create_graph)
    return call.result(), call.like_inputs(call.zeros("jacobian", found, call.inputs, "input"))


def hvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The output, which has one element, and its Hessian times v: as `vhp`, since a Hessian is symmetric, but slower.

    >>> autograd.functional.hvp(lambda x: x[0] ** 2 * x[1], autograd.tensor([1., 2.]), autograd.tensor([1., 0.]))
    (tensor(2.), tensor([4., 2.]))
    """
    call = _Call("hvp", func, inputs, create_graph, strict)
    vector = call.vector(v, call.inputs, call.nested, "input is")
    push = Pushforward(call.gradient(), call.inputs)
    found = push(vector, create_graph)
    return call.result(), call.like_inputs(call.zeros("jacobian", found, call.inputs, "input"))


class _Call:
    """``func`` called on aliases of its inputs, so that the derivative is that in the arguments alone."""

    def __init__(
        self,
        caller: str,
        func: Callable[..., Any],
        inputs: Tensors,
        create_graph: bool,
        strict: bool,
    ) -> None:
        self.caller, self.create_graph, self.strict = caller, create_graph, strict
        with enable_grad():
            self.nested, given = _tuple("inputs", caller, inputs)
            self.inputs = [alias(x, create_graph) for x in given]
            self.nested_outputs, self.outputs = _tuple(
                "outputs of the user-provided function", caller, func(*self.inputs)
            )
        for i, y in enumerate(self.outputs):
            if strict and not y.requires_grad:
                raise RuntimeError(
                    f"{caller}: Output {i} of the user-provided function does not require gradients. The outputs must "
                    "be computed in a differentiable manner from the input when running in strict mode."
                )

    def vector(self, v: Tensors | None, like: Sequence[Tensor], nested: bool, where: str) -> Sequence[Tensor]:
        """``v`` as a tuple of Tensors of the shapes of ``like``; of ones where it is None, for a single element."""
        if v is None:
            if len(like) != 1 or like[0].numel() != 1:
                raise RuntimeError(
                    f"{self.caller}: v can only be None if the {where} a single Tensor with a single element."
                )
            return units(like[0])
        _, vector = _tuple("v", self.caller, v)
        if len(vector) != len(like):
            wanted = f"v is a tuple of invalid length: should be {len(like)} but got {len(vector)}."
            raise RuntimeError(f"{self.caller}: {wanted if nested else 'The given v should contain a single Tensor.'}")
        for i, (part, x) in enumerate(zip(vector, like)):
            if part.shape != x.shape:
                entry = f"Entry {i} in v" if nested else "v"
                raise RuntimeError(
                    f"{self.caller}: {entry} has invalid size: should be {x.shape} but got {part.shape}."
                )
        return vector if self.create_graph else [part.detach() for part in vector]

    def gradient(self) -> list[Tensor]:
        """The recorded gradient of the one element that the function returns."""
        if self.nested_outputs:
            raise RuntimeError(f"The function given to {self.caller} should return a single Tensor")
        (y,) = self.outputs
        if y.numel() != 1:
            raise RuntimeError(
                f"The Tensor returned by the function given to {self.caller} should contain a single element"
            )
        with enable_grad():
            found = self.zeros("output", pulled([y], self.inputs, [None], create_graph=True), self.inputs, "input")
        for i, gradient in enumerate(found):
            if self.strict and not gradient.requires_grad:
                raise RuntimeError(
                    f"{self.caller}: The jacobian of the user-provided function with respect to input {i} is "
                    "independent of the input. This is not allowed in strict mode."
                )
        return found

    def zeros(self, what: str, found: Found, like: Sequence[Tensor], which: str) -> list[Tensor]:
        """``found`` with zeros for None, which strict mode refuses."""
        for i, t in enumerate(found):
            if self.strict and (t is None or (self.create_graph and not t.requires_grad)):
                what = what if t is None else f"derivative of the {what}"
                raise RuntimeError(
                    f"{self.caller}: The {what} of the user-provided function is independent of {which} {i}. This is "
                    "not allowed in strict mode."
                )
        return filled(found, like)

    def result(self) -> Any:
        return self.like_outputs(self.outputs)

    def like_outputs(self, parts: Sequence[Any]) -> Any:
        return self._nested(parts, self.nested_outputs)

    def like_inputs(self, parts: Sequence[Any]) -> Any:
        return self._nested(parts, self.nested)

    def _nested(self, parts: Sequence[Any], nested: bool) -> Any:
        """A tuple, or its one entry; without a graph unless it is wanted."""
        kept = tuple(part.detach() if isinstance(part, Tensor) and not self.create_graph else part for part in parts)
        return kept if nested else kept[0]


def _tuple(what: str, caller: str, given: Any) -> tuple[bool, tuple[Tensor, ...]]:
    """Whether ``given`` is a tuple, and as a tuple."""
    nested = isinstance(given, tuple)
    found = given if nested else (given,)
    for i, x in enumerate(found):
        if not isinstance(x, Tensor):
            where = f"value at index {i}" if nested else f"given {what}"
            raise TypeError(
                f"The {what} given to {caller} must be either a Tensor or a tuple of Tensors but the {where} has type "
                f"{type(x)}."
            )
    return nested, found


def _check_strategy(strategy: str) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f'Expected strategy to be either "forward-mode" or "reverse-mode", got {strategy!r}')

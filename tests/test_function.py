"""`autograd.Function`: operations of one's own."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from checking import close

import autograd
from autograd import Function
from autograd.engine.custom import once_differentiable

try:
    import torch
except ModuleNotFoundError:
    torch = None


def functions(lib: Any) -> dict[str, Any]:
    """The same definitions for ``lib``, autograd or torch."""
    base = lib.autograd.Function if lib is torch else lib.Function

    class Cube(base):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * 3 * x**2

    class Exp(base):
        """Saves its result."""

        @staticmethod
        def forward(ctx, x):
            result = x.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, gradient):
            (result,) = ctx.saved_tensors
            return gradient * result

    class ProductAndSum(base):
        @staticmethod
        def forward(ctx, x, y, scale):
            product, total = x * y * scale, x + y
            ctx.scale = scale
            ctx.save_for_backward(x, y, product)
            return product, total

        @staticmethod
        def backward(ctx, of_product, of_total):
            x, y, product = ctx.saved_tensors
            unused = product * 0
            return of_product * y * ctx.scale + of_total + unused, of_product * x * ctx.scale + of_total, None

    class Scaled(base):
        """The newer form, with a context set up apart; broadcasts."""

        @staticmethod
        def forward(x, factor):
            return x * factor

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, gradient):
            x, factor = ctx.saved_tensors
            return gradient * factor, (gradient * x).sum()

    class Doubled(base):
        """In place."""

        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 2

    class Largest(base):
        @staticmethod
        def forward(ctx, x):
            place = x.argmax()
            ctx.mark_non_differentiable(place)
            ctx.place, ctx.size = place, x.shape
            return x.max(), place

        @staticmethod
        def backward(ctx, gradient, _):
            spread = lib.zeros(ctx.size, dtype=gradient.dtype)
            spread[ctx.place] = gradient
            return spread

    return {name: value for name, value in locals().items() if isinstance(value, type)}


PROGRAMS = {
    "Cube": lambda f, x, y: f["Cube"].apply(x),
    "Exp": lambda f, x, y: f["Exp"].apply(x) * y,
    "ProductAndSum": lambda f, x, y: sum(f["ProductAndSum"].apply(x, y, 2.0)),
    "only one of the results": lambda f, x, y: f["ProductAndSum"].apply(x, y, 2.0)[1] ** 2,
    "an argument twice": lambda f, x, y: f["ProductAndSum"].apply(x, x, 2.0)[0],
    "Scaled": lambda f, x, y: f["Scaled"].apply(x, y.sum()),
    "Doubled": lambda f, x, y: f["Doubled"].apply(x * y) ** 2,
    "Doubled through a view": lambda f, x, y: doubled_through_a_view(f, x * y),
    "Largest": lambda f, x, y: f["Largest"].apply(x * y)[0] * x,
    "nested": lambda f, x, y: f["Exp"].apply(f["Cube"].apply(x) * 0.1) + f["Cube"].apply(y),
}


def doubled_through_a_view(f, z):
    f["Doubled"].apply(z[:2])
    return z * z


def outcome(lib: Any, program: Any) -> list[np.ndarray]:
    leaves = [lib.tensor(v, dtype=lib.float64, requires_grad=True) for v in ([0.5, -1.2, 2.0], [1.5, 0.3, -0.7])]
    grad = lib.autograd.grad if lib is torch else lib.grad
    out = (program(functions(lib), *leaves) * lib.tensor([0.5, 1.0, 2.0], dtype=lib.float64)).sum()
    options = {"allow_unused": True, "materialize_grads": True}
    first = grad(out, leaves, create_graph=True, **options)
    total = sum((g * g).sum() for g in first)
    second = grad(total, leaves, **options) if total.requires_grad else ()
    return [v.detach().numpy() for v in (out, *first, *second)]


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
def test_values_and_derivatives_are_pytorchs(name: str) -> None:
    for found, expected in zip(outcome(autograd, PROGRAMS[name]), outcome(torch, PROGRAMS[name]), strict=True):
        close(found, expected, 1e-12)


def test_first_and_second_derivative() -> None:
    x = autograd.tensor([2.0, 3.0], requires_grad=True)
    out = functions(autograd)["Cube"].apply(x)
    assert repr(out.grad_fn) == "<CubeBackward>"
    (first,) = autograd.grad(out.sum(), x, create_graph=True)
    assert first.tolist() == [12.0, 27.0]
    assert autograd.grad(first.sum(), x)[0].tolist() == [12.0, 18.0]


def test_results_are_known_by_their_call() -> None:
    x = autograd.ones(2, requires_grad=True)
    product, total = functions(autograd)["ProductAndSum"].apply(x, x, 1.0)
    assert product.grad_fn is total.grad_fn
    assert repr(total.grad_fn) == "<ProductAndSumBackward>"
    assert (product + total).grad_fn.next_functions == ((product.grad_fn, 0), (product.grad_fn, 1))


def test_nothing_is_recorded_where_nothing_is_needed() -> None:
    cube = functions(autograd)["Cube"]
    assert cube.apply(autograd.ones(2)).grad_fn is None
    with autograd.no_grad():
        assert cube.apply(autograd.ones(2, requires_grad=True)).grad_fn is None


def test_needs_input_grad_and_missing_gradients() -> None:
    seen = []

    class Two(Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.set_materialize_grads(False)
            return x + y, x * y

        @staticmethod
        def backward(ctx, first, second):
            seen.append((ctx.needs_input_grad, first, second))
            return first, None

    x = autograd.ones(2, requires_grad=True)
    Two.apply(x, autograd.ones(2))[0].sum().backward()
    assert seen[0][0] == (True, False)
    assert seen[0][2] is None
    assert x.grad.tolist() == [1.0, 1.0]


def returning(value: Any) -> Any:
    class Returning(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, gradient):
            return value

    return Returning


@pytest.mark.parametrize(
    "value, error, message",
    [
        ((None, autograd.ones(2)), RuntimeError, r"ReturningBackward returned an incorrect number .* got 2\)"),
        ((), RuntimeError, r"incorrect number of gradients \(expected 1, got 0\)"),
        (autograd.ones(3), RuntimeError, r"invalid gradient at index 0 - got \[3\] but .* with \[2\]"),
        (2.0, TypeError, "ReturningBackward: expected a Tensor or None as gradient 0, not float"),
    ],
)  # fmt: skip
def test_what_a_backward_may_not_return(value: Any, error: type[Exception], message: str) -> None:
    x = autograd.ones(2, requires_grad=True)
    with pytest.raises(error, match=message):
        returning(value).apply(x).sum().backward()
    assert x.grad is None


def test_what_is_saved_is_checked_and_let_go() -> None:
    x = autograd.ones(2, requires_grad=True)
    y = x * 1
    out = functions(autograd)["Cube"].apply(y)
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"Cube: .* at version 1; expected version 0"):
        out.sum().backward()
    out = functions(autograd)["Exp"].apply(x)
    out.sum().backward()
    with pytest.raises(RuntimeError, match="Exp: Trying to backward through the graph a second time"):
        out.sum().backward()
    with pytest.raises(TypeError, match="can only save Tensors"):

        class Wrong(Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(1.0)
                return x

        Wrong.apply(x)


def test_a_saved_result_makes_no_cycle() -> None:
    gc.disable()
    try:
        out = functions(autograd)["Exp"].apply(autograd.ones(2, requires_grad=True))
        gone = weakref.ref(out)
        array = weakref.ref(out.array)
        del out
        assert gone() is None and array() is None
    finally:
        gc.enable()


def test_dirty_must_be_input_and_output() -> None:
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x * 2

    with pytest.raises(RuntimeError, match="Wrong: a Tensor marked as dirty must be an input and an output"):
        Wrong.apply(autograd.ones(2, requires_grad=True) * 1)


def test_once_differentiable() -> None:
    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * 2 * x

    x = autograd.tensor([3.0], requires_grad=True)
    Once.apply(x).backward()
    assert x.grad.tolist() == [6.0]
    (first,) = autograd.grad(Once.apply(x).sum() * x.sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="differentiate twice"):
        first.backward()


def test_forward_and_backward_must_be_written() -> None:
    class Empty(Function):
        pass

    with pytest.raises(NotImplementedError, match="must implement the forward"):
        Empty.apply(autograd.ones(2))


@pytest.mark.parametrize("shape", [(), (3,), (2, 0)])
def test_backward_gets_a_tensor_whatever_the_shape(shape):
    class Sum(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sum()

        @staticmethod
        def backward(ctx, g):
            assert isinstance(g, autograd.Tensor)
            return g.expand(shape)

    x = autograd.ones(shape, requires_grad=True)
    (Sum.apply(x) * 2.0).backward()
    assert x.grad.tolist() == (autograd.ones(shape) * 2).tolist()

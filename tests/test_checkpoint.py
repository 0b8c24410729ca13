"""Checkpoints change what is kept, and nothing else."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from checking import close

import autograd
import nn
from autograd import Tensor
from autograd.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential

X = np.array([0.3, -0.7, 1.2])


def leaf(x: Any = X) -> Tensor:
    return autograd.tensor(x, dtype=autograd.float64, requires_grad=True)


def f(x: Tensor) -> Tensor:
    return (x * x).sin().exp() * x


def nested(x: Tensor) -> Tensor:
    return checkpoint(f, checkpoint(lambda x: checkpoint(f, x).tanh() + f(x), x * 2)) * x


class Square(autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return 2 * x * gradient


def overwriting(x: Tensor) -> Tensor:
    y = x.exp() * 2
    views = y[1:], y[:2], y.view(3, 1)
    views[0].mul_(x[0])
    views[1][1] = views[2][0, 0].clone() * x[1]
    return (views[2] * views[0]).sum(1) * y


# A function and the same without checkpoints.
SAME: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "one": (lambda x: checkpoint(f, x), f),
    "as PyTorch's other way": (lambda x: checkpoint(f, x, use_reentrant=True), f),
    "one after the other": (lambda x: checkpoint(f, checkpoint(f, x)), lambda x: f(f(x))),
    "nested": (nested, lambda x: f(f(x * 2).tanh() + f(x * 2)) * x),
    "keywords": (lambda x: checkpoint(lambda x, *, k: f(x) ** k, x, k=2), lambda x: f(x) ** 2),
    "a closure": (lambda x: checkpoint(lambda y: f(x) * f(y), x.cos()), lambda x: f(x) * f(x.cos())),
    "trees": (
        lambda x: checkpoint(lambda d, k: {"out": (f(d["x"]) * k, None)}, {"x": x}, 3)["out"][0],
        lambda x: f(x) * 3,
    ),
    "a list of Tensors": (lambda x: checkpoint(lambda x: autograd.cat([f(x), x.exp()]), x),
                          lambda x: autograd.cat([f(x), x.exp()])),
    "the argument itself": (lambda x: checkpoint(lambda x: x, x.sin()), lambda x: x.sin()),
    "a constant": (lambda x: checkpoint(lambda x: autograd.ones(3).double(), x) * x, lambda x: x * 1),
    "a gradient inside": (
        lambda x: checkpoint(lambda x: autograd.grad(f(x).sum(), x, create_graph=True)[0] * x, x),
        lambda x: autograd.grad(f(x).sum(), x, create_graph=True)[0] * x,
    ),
    "several results": (lambda x: checkpoint(lambda x: autograd.Tensor.split(f(x), 2), x)[1] * x[0],
                        lambda x: f(x)[2:] * x[0]),
    "a Function": (lambda x: checkpoint(lambda x: Square.apply(x.sin()) * x, x), lambda x: x.sin() ** 2 * x),
    "writes into a view": (lambda x: checkpoint(overwriting, x), overwriting),
    "a part without a graph": (
        lambda x: checkpoint(lambda x: x.exp() * autograd.no_grad()(f)(x), x),
        lambda x: x.exp() * f(x).detach(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_derivatives_of_every_order(name: str) -> None:
    found = []
    for function in SAME[name]:
        x = leaf()
        y = function(x)
        values = [y]
        for _ in range(3):
            (y,) = autograd.grad(y.sum(), x, create_graph=True, materialize_grads=True)
            values.append(y)
            if not y.requires_grad:
                break
        again = function(x)
        again.sum().backward()
        found.append([*values, x.grad])
    for one, other in zip(*found, strict=True):
        close(one.detach().array, other.detach().array)


def test_gradients_of_parameters() -> None:
    x = autograd.rand(5, 4)
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Sequential(nn.Linear(6, 6), nn.ReLU()), nn.Linear(6, 1))

    def gradients(call: Callable[[], Tensor]) -> list[Tensor]:
        model.zero_grad()
        loss = (call() ** 2).sum()
        first = autograd.grad(loss, list(model.parameters()), create_graph=True)
        loss.backward(retain_graph=True)
        sum((g * g).sum() for g in first if g is not None).backward()
        return [g for p in model.parameters() if (g := p.grad) is not None]

    expected = gradients(lambda: model(x))
    for call in (
        lambda: checkpoint(model, x),
        lambda: checkpoint_sequential(model, 2, x),
        lambda: checkpoint_sequential(list(model), 4, x, use_reentrant=False, preserve_rng_state=False),
        lambda: checkpoint(lambda: checkpoint_sequential(model, 3, x)),
    ):
        for one, other in zip(gradients(call), expected, strict=True):
            close(one.detach().array, other.detach().array)


def test_random_numbers_are_the_same_again() -> None:
    drop = nn.Dropout(0.5)

    def run(wrapped: Callable[..., Any]) -> Any:
        autograd.manual_seed(0)
        x = autograd.ones(100, requires_grad=True)
        y = wrapped(lambda x: drop(x) * x, x)
        between = autograd.rand(3).tolist()
        y.sum().backward()
        assert x.grad is not None
        return y.tolist(), between, x.grad.tolist(), autograd.rand(3).tolist()

    assert run(checkpoint) == run(lambda function, x: function(x))
    with_others = run(lambda function, x: checkpoint(function, x, preserve_rng_state=False))
    assert with_others[2] != run(checkpoint)[2]


def test_nothing_is_kept_until_it_is_needed_and_nothing_after() -> None:
    made: list[weakref.ref[Any]] = []
    runs = []

    def function(x: Tensor) -> Tensor:
        runs.append(len(runs))
        y = x.exp()
        made.append(weakref.ref(y.array))
        return y.sin() * y

    gc.disable()
    try:
        x = leaf()
        y = checkpoint(function, x)
        assert made[0]() is None and len(runs) == 1
        loss = y.sum()
        loss.backward()
        assert len(runs) == 2 and made[1]() is None
        with pytest.raises(RuntimeError, match="second time"):
            loss.backward()
        node = weakref.ref(checkpoint(function, x).array)
        assert node() is None
    finally:
        gc.enable()


def test_a_graph_that_is_kept_runs_the_function_once_more() -> None:
    runs = []
    x = leaf()
    loss = checkpoint(lambda x: runs.append(0) or f(x), x).sum()
    loss.backward(retain_graph=True)
    first = x.grad.clone()
    loss.backward()
    assert len(runs) == 2
    close(x.grad.array, 2 * first.array)


def test_without_a_graph_it_is_a_call() -> None:
    runs = []
    function = lambda x: runs.append(0) or f(x)
    with autograd.no_grad():
        assert not checkpoint(function, leaf()).requires_grad
    assert not checkpoint(function, leaf().detach()).requires_grad
    assert len(runs) == 2


def test_hooks_are_called_once() -> None:
    called = []

    def function(x: Tensor) -> Tensor:
        y = x.sin()
        y.register_hook(lambda gradient: called.append(0) or gradient * 2)
        return y.exp()

    x = leaf()
    checkpoint(function, x).sum().backward()
    assert len(called) == 1
    close(x.grad.array, 2 * np.cos(X) * np.exp(np.sin(X)))


def test_an_argument_that_came_to_stand_for_something_else() -> None:
    x, other = leaf(), leaf()
    h = x * 1
    y = checkpoint(f, h)
    h.data = h.data * 3
    y.sum().backward()
    f(other).sum().backward()
    close(x.grad.array, other.grad.array)


def test_parameters_that_were_overwritten() -> None:
    layer, x = nn.Linear(3, 1), autograd.rand(2, 3, requires_grad=True)
    y = checkpoint(layer, x)
    with autograd.no_grad():
        layer.weight.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an in-place operation"):
        y.sum().backward()


def test_a_write_that_the_graph_refuses_without_a_checkpoint_too() -> None:
    def function(x: Tensor) -> Tensor:
        y = x.exp()
        z = y * x
        y.zero_()
        return z

    for run in (function, lambda x: checkpoint(function, x)):
        with pytest.raises(RuntimeError, match="one of the variables needed for gradient computation"):
            run(leaf()).sum().backward()


def test_an_argument_that_was_overwritten() -> None:
    x, w = leaf().detach(), leaf()
    y = checkpoint(lambda x, w: (x.exp() * w).sum(), x, w)
    x.zero_()
    with pytest.raises(RuntimeError, match="checkpoint: an argument was modified by an in-place"):
        y.backward()


def test_a_function_that_does_something_else_again() -> None:
    x = leaf()
    turns = iter([1, 2])
    y = checkpoint(lambda x: sum(x.exp() for _ in range(next(turns))), x)
    with pytest.raises(CheckpointError, match=r"AddBackward0.* and then .*ExpBackward0"):
        y.sum().backward()
    ways = iter([autograd.sin, autograd.exp])
    y = checkpoint(lambda x: next(ways)(x), x)
    with pytest.raises(CheckpointError, match=r"SinBackward0.* and then ExpBackward0"):
        y.sum().backward()
    sizes = iter([1, 3, 1, 3])
    some = lambda x: autograd.ones(next(sizes)).double() * x.sum()
    with pytest.raises(CheckpointError, match=r"MulBackward0 \(1,\) and then .*MulBackward0 \(3,\)"):
        checkpoint(some, x).sum().backward()
    checkpoint(some, x, determinism_check="none").sum().backward()


def test_contexts() -> None:
    entered = []

    @contextmanager
    def noted(name: str) -> Any:
        entered.append(name)
        yield

    y = checkpoint(f, leaf(), context_fn=lambda: (noted("first"), noted("again")))
    assert entered == ["first"]
    y.sum().backward()
    assert entered == ["first", "again"]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="determinism_check should be one of"):
        checkpoint(f, leaf(), determinism_check="perhaps")
    with pytest.raises(ValueError, match="Unexpected keyword arguments: what"):
        checkpoint_sequential([f], 1, leaf(), what=1)
    with pytest.raises(ValueError, match="3 segments of 2 functions"):
        checkpoint_sequential([f, f], 3, leaf())


def test_drawing_shows_the_whole_graph() -> None:
    x = leaf()
    assert checkpoint(f, x).node.name() == f(x).node.name()
    source = autograd.draw(checkpoint(f, x).sum()).source
    assert source.count("->") == autograd.draw(f(x).sum()).source.count("->")


def test_against_torch() -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.checkpoint import checkpoint as torch_checkpoint

    x, other = leaf(), torch.tensor(X, requires_grad=True)
    checkpoint(lambda x: checkpoint(f, x) * f(x), x).sum().backward()
    torch_checkpoint(
        lambda x: torch_checkpoint(f, x, use_reentrant=False) * f(x), other, use_reentrant=False
    ).sum().backward()
    close(x.grad.array, other.grad.numpy())

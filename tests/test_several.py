"""Ops with several results: one call, a node for each result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from checking import close

import autograd
from autograd.engine.pullback import pull_of, pull_recorded
from autograd.engine.record import caller_of
from autograd.ops.op import Op
from autograd.ops.trigonometry import cos, sin


def sincos(x, count=1):
    return np.sin(x), np.cos(x), np.arange(count)


def sincos_slope(g, out, x):
    """Written with ``out``, so that a second derivative passes through the results."""
    of_sine, of_cosine, _ = g
    sine, cosine, _ = out
    parts = []
    if of_sine is not None:
        parts.append(of_sine * cosine)
    if of_cosine is not None:
        parts.append(-of_cosine * sine)
    return sum(parts[1:], parts[0])


def of_primitives(x, count=1):
    return sin(x), cos(x), autograd.arange(count)


def declared(fused: bool) -> Op:
    op = Op(sincos, floating=True, several=True, reference=of_primitives if fused else None)
    if fused:
        op.fused(lambda g, out, x, count: (sincos_slope(g, out, x),), arity=1)
    else:
        op.vjp(lambda g, out, x, count: sincos_slope(g, out, x))
    op.call, op.pull, op.pull_recorded = caller_of(op), pull_of(op), pull_recorded
    return op


LOSSES = {
    "both": lambda s, c: (s * c).sum() + s.sum(),
    "only one": lambda s, c: (c * c).sum(),
    "one of them twice": lambda s, c: (s * s * s).sum(),
}


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_derivatives_of_any_order(name: str, fused: bool) -> None:
    values = np.array([[0.3, -1.2], [2.0, 0.7]])

    def derivatives(function: Any) -> list[np.ndarray]:
        x = autograd.tensor(values, requires_grad=True)
        sine, cosine, count = function(x, 3)
        assert count.tolist() == [0, 1, 2] and not count.requires_grad
        (first,) = autograd.grad(LOSSES[name](sine, cosine), x, create_graph=True)
        (second,) = autograd.grad((first * first).sum(), x, create_graph=True)
        (third,) = autograd.grad(second.sum(), x)
        return [first.detach().array, second.detach().array, third.array]

    for found, expected in zip(derivatives(declared(fused).call), derivatives(of_primitives)):
        close(found, expected, 1e-12)


def test_results_name_their_call() -> None:
    x = autograd.ones(2, requires_grad=True)
    sine, cosine, _ = declared(False).call(x)
    assert repr(sine.grad_fn) == "<SincosBackward0>"
    assert sine.grad_fn is cosine.grad_fn
    assert (sine + cosine).grad_fn.next_functions == ((sine.grad_fn, 0), (sine.grad_fn, 1))
    assert sine.grad_fn.shape == ((2,), (2,), (1,))


def test_what_the_call_saved_goes_with_the_walk() -> None:
    x = autograd.ones(2, requires_grad=True)
    sine, _, _ = declared(False).call(x)
    sine.sum().backward()
    with pytest.raises(RuntimeError, match="sincos: Trying to backward through the graph a second time"):
        sine.sum().backward()


def test_without_a_graph_there_are_only_values() -> None:
    with autograd.no_grad():
        sine, cosine, _ = declared(False).call(autograd.ones(2, requires_grad=True))
    assert sine.grad_fn is None and cosine.grad_fn is None


def test_a_drawing_shows_the_call_once() -> None:
    x = autograd.ones(2, requires_grad=True)
    sine, cosine, _ = declared(False).call(x)
    picture = autograd.draw(sine * cosine).source
    assert picture.count(">sincos<") == 1
    assert "2, 2, 1" in picture

"""`Scalar`: the numbers of Tensors and of micrograd, on Python floats."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Scalar

UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "abs": abs,
    **{name: operator.methodcaller(name) for name in ("relu", "tanh", "exp", "sigmoid", "sin", "cos", "square")},
    "log": lambda x: (x * x + 1).log(),
    "sqrt": lambda x: (x * x + 1).sqrt(),
    "reciprocal": lambda x: (x * x + 1).reciprocal(),
    "to a number": lambda x: x**3,
    "number to it": lambda x: 2.0**x,
    "number on the left": lambda x: 1 - x / 2 + 3 / (x * x + 2) + 2 * x,
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": lambda x, y: x / (y * y + 1),
    "pow": lambda x, y: (x * x + 0.5) ** y,
}


@st.composite
def programs(draw: Any) -> tuple[list[float], list[tuple[str, int, int]]]:
    """Values of leaves, and steps: an op and which of the numbers so far it takes."""
    leaves = draw(st.lists(st.floats(-2, 2).map(lambda v: round(v, 3)), min_size=1, max_size=3))
    steps = []
    for i in range(draw(st.integers(1, 8))):
        place = st.integers(0, len(leaves) + i - 1)
        steps.append((draw(st.sampled_from([*UNARY, *BINARY])), draw(place), draw(place)))
    return leaves, steps


def run(leaves: list[Any], steps: list[tuple[str, int, int]]) -> Any:
    numbers = list(leaves)
    for name, i, j in steps:
        made = UNARY[name](numbers[i]) if name in UNARY else BINARY[name](numbers[i], numbers[j])
        numbers.append((made * 0.5).tanh())
    return sum(numbers[len(leaves) :])


@given(programs())
def test_values_and_gradients_are_those_of_tensors(program: tuple[list[float], list[tuple[str, int, int]]]) -> None:
    values, steps = program
    scalars = [Scalar(value) for value in values]
    tensors = [autograd.tensor(value, dtype=autograd.float64, requires_grad=True) for value in values]
    result, expected = run(scalars, steps), run(tensors, steps)
    result.backward()
    expected.backward()
    assert result.data == pytest.approx(expected.item(), rel=1e-12)
    for scalar, tensor in zip(scalars, tensors):
        slope = 0.0 if tensor.grad is None else tensor.grad.item()
        assert scalar.grad == pytest.approx(slope, rel=1e-9, abs=1e-12)
        assert type(scalar.data) is float


def test_micrograds_example() -> None:
    def example(number: Any) -> tuple[float, float, float]:
        a, b = number(-4.0), number(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        return g.data, a.grad, b.grad

    found = example(Scalar)
    assert found == pytest.approx((24.70408163265306, 138.83381924198252, 645.5772594752186), rel=1e-12)
    micrograd = pytest.importorskip("micrograd.engine")
    assert found == pytest.approx(example(micrograd.Value), rel=1e-12)


def test_every_scalar_on_the_way_has_its_gradient() -> None:
    x = Scalar(3.0, label="x")
    square = x * x
    total = square + square
    total.backward()
    assert (total.grad, square.grad, x.grad) == (1.0, 2.0, 12.0)
    total.backward()
    assert x.grad == 24.0
    total.zero_grad()
    assert (total.grad, square.grad, x.grad) == (0.0, 0.0, 0.0)


def test_the_graph_is_there_to_look_at() -> None:
    x, w = Scalar(2.0, label="x"), Scalar(-3, label="w")
    y = x * w + 1
    assert y._op == "+" and (x * w)._prev == {x, w}
    y.label = "y"
    y.backward()
    assert repr(y) == "Scalar(data=-5.0000, grad=1.0000)"
    assert repr(y.op) == "<op add(x, y)>"
    picture = autograd.draw(y).source
    for text in (">x<", ">w<", ">y<", ">2 | -3<", ">-3 | 2<", ">-5 | 1<", ">×<"):
        assert text in picture, text


@pytest.mark.parametrize(
    "call, expected",
    [
        (lambda x: x / 0.0, math.inf),
        (lambda x: 0.0 / (x - x), math.nan),
        (lambda x: (x * 1000).exp(), math.inf),
        (lambda x: (-x).log(), math.nan),
        (lambda x: (x - x).log(), -math.inf),
        (lambda x: (-x).sqrt(), math.nan),
        (lambda x: (x - x) ** -1, math.inf),
    ],
)
def test_inf_and_nan_as_in_tensors(call: Callable[[Any], Any], expected: float) -> None:
    result, x = Scalar(1.0), autograd.tensor(1.0)
    result = call(result)
    assert result.data == pytest.approx(expected, nan_ok=True)
    result.backward()
    assert call(x).item() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("value", ["2", None, [1.0], autograd.tensor(1.0), Scalar(1.0)])
def test_only_numbers(value: Any) -> None:
    with pytest.raises(TypeError, match="Scalar: expected a number"):
        Scalar(value)


def test_a_chain_of_scalars_needs_no_recursion() -> None:
    x = Scalar(1.0)
    y = x
    for _ in range(100_000):
        y = y * 1.0
    y.backward()
    assert x.grad == 1.0

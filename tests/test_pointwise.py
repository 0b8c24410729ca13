"""Manners of elementwise functions that the table of samples has no place for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd
import nn

F: Any = nn.functional

INPLACE = (
    "celu", "elu", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "mish", "relu", "relu6", "rrelu", "selu",
    "silu",
)  # fmt: skip

SMOOTH = (
    "celu", "elu", "gelu", "hardswish", "logsigmoid", "mish", "selu", "sigmoid", "silu", "softplus", "softsign", "tanh",
)  # fmt: skip


@pytest.mark.parametrize("name", INPLACE)
def test_inplace_activation(name: str) -> None:
    function = getattr(F, name)
    x = autograd.tensor([-2.0, -0.5, 0.0, 3.0])
    expected = function(x)
    assert not expected.equal(x)
    assert function(x, inplace=True) is x
    assert x.equal(expected)


def test_inplace_after_the_other_arguments() -> None:
    x = autograd.tensor([-1.0, 2.0])
    assert F.relu(x, True) is x
    assert F.threshold(x, 1, 20, True) is x
    assert F.hardtanh(x, 0.0, 5.0, True) is x
    assert x.tolist() == [5, 2]
    with pytest.raises(TypeError, match="2 arguments"):
        F.elu(x, 1.0, True, 3)


def test_inplace_activation_in_a_graph() -> None:
    w = autograd.tensor([-1.0, 2.0], requires_grad=True)
    F.relu(w * 3, inplace=True).sum().backward()
    assert w.grad.tolist() == [0, 3]
    with pytest.raises(RuntimeError, match="leaf"):
        F.relu(w, inplace=True)


def test_rrelu_in_training() -> None:
    autograd.manual_seed(0)
    x = autograd.tensor([-1.0] * 100 + [1.0], requires_grad=True)
    out = F.rrelu(x, 0.2, 0.4, training=True)
    out.sum().backward()
    slopes = x.grad.numpy()
    assert slopes[-1] == 1
    assert ((slopes[:-1] >= 0.2) & (slopes[:-1] < 0.4)).all()
    assert np.ptp(slopes[:-1]) > 0.1
    np.testing.assert_array_equal(out.detach().numpy()[:-1], -slopes[:-1])


def test_rrelu_draws_as_pytorch_does() -> None:
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    torch.manual_seed(3)
    autograd.manual_seed(3)
    expected = torch.nn.functional.rrelu(torch.tensor(values), training=True)
    np.testing.assert_array_equal(F.rrelu(autograd.tensor(values), training=True).numpy(), expected.numpy())


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
def test_slope_of_nan_is_nan(name: str, dtype: autograd.dtype) -> None:
    """Smooth functions and those of pieces alike: what went wrong before them isn't hidden on the way back."""
    x = autograd.full((40,), math.nan, dtype=dtype, requires_grad=True)
    getattr(nn.functional, name)(x).sum().backward()
    assert x.grad is not None and x.grad.isnan().all()


def test_operators() -> None:
    x = autograd.tensor([7, -7])
    assert (x << 1).tolist() == [14, -14]
    assert (x >> 1).tolist() == [3, -4]
    assert (1 << autograd.tensor([2, 3])).tolist() == [4, 8]
    assert (64 >> autograd.tensor([2, 3])).tolist() == [16, 8]
    assert [part.tolist() for part in divmod(x, 2)] == [[3, -4], [1, 1]]
    assert [part.tolist() for part in divmod(9, x)] == [[1, -2], [2, -5]]
    assert (+x).tolist() == [7, -7]
    assert (2 ** autograd.tensor([3, 0])).tolist() == [8, 1]
    assert (9 % x).tolist() == [2, -5]
    assert (9 // x).tolist() == [1, -2]
    assert (9 - x).tolist() == [2, 16]
    x <<= 2
    x |= 1
    assert x.tolist() == [29, -27]


def test_where_and_polygamma_as_methods() -> None:
    x = autograd.tensor([1.0, 2.0])
    assert x.where(x > 1, 0.0).tolist() == [0, 2]
    assert x.polygamma(1).equal(autograd.polygamma(1, x))
    assert autograd.special.polygamma(0, x).equal(x.digamma())
    expected = x.polygamma(1)
    assert x.polygamma_(1) is x
    assert x.equal(expected)


def test_where_without_values_says_where() -> None:
    rows, columns = autograd.where(autograd.tensor([[0, 1], [2, 0]]))
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0])
    assert [place.tolist() for place in autograd.where(autograd.tensor(True))] == [[0]]


def test_sinc_has_derivatives_at_its_top() -> None:
    x = autograd.tensor(0.0, requires_grad=True)
    (first,) = autograd.grad(x.sinc(), x, create_graph=True)
    (second,) = autograd.grad(first, x, create_graph=True)
    assert first.item() == 0
    assert second.item() == pytest.approx(-(math.pi**2) / 3)


@pytest.mark.parametrize("function", [autograd.igamma, autograd.igammac, autograd.special.zeta])
def test_missing_derivative_is_an_error(function: Any) -> None:
    a = autograd.tensor(2.0, requires_grad=True)
    with pytest.raises(NotImplementedError, match="the derivative for 'input' is not implemented"):
        function(a, autograd.tensor(1.5)).backward()


def test_frexp_of_the_smallest_numbers() -> None:
    x = autograd.tensor([5e-324, -1e-310, 1e308], dtype=autograd.float64, requires_grad=True)
    mantissa, exponent = x.frexp()
    assert mantissa.tolist() == [math.frexp(value)[0] for value in x.tolist()]
    assert mantissa.detach().ldexp(exponent * 0).equal(mantissa.detach())
    (slope,) = autograd.grad(mantissa[2], x)
    assert slope.tolist()[2] == 2.0 ** -exponent[2].item()

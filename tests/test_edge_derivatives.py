"""Derivatives where formulas are 0/0, at corners, far out: finite, and those of the function."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd import functional


def leaf(*values, dtype=autograd.float64):
    return autograd.tensor(values, dtype=dtype, requires_grad=True)


def derivatives(function, x, order):
    """The derivatives up to ``order`` of an elementwise ``function`` at ``x``."""
    value, found = function(x), []
    for _ in range(order):
        (value,) = autograd.grad(value.sum(), x, create_graph=True)
        found.append(value.array)
    return found


def test_sinc_is_smooth_at_its_top():
    first, second, third, fourth = derivatives(autograd.sinc, leaf(0.0, 1e-9, -1e-8), 4)
    assert np.abs(first).max() < 1e-7 and np.abs(third).max() < 1e-6
    np.testing.assert_allclose(second, -(math.pi**2) / 3)
    np.testing.assert_allclose(fourth, math.pi**4 / 5)


@pytest.mark.parametrize(
    "matrix", ([[1, 0, 0], [0, 2, 0], [0, 0, 0]], [[1, 2, 3], [2, 4, 6], [1, 0, 1]], np.zeros((3, 3)))
)
def test_the_hessian_of_a_determinant_is_that_of_a_polynomial(matrix):
    a = np.asarray(matrix, float)
    expected = np.zeros((3, 3, 3, 3))
    for i, j, k, m in np.ndindex(expected.shape):
        if i != k and j != m:
            sign = (-1) ** (i + j + k + m) * (1 if (i < k) == (j < m) else -1)
            expected[i, j, k, m] = sign * a[3 - i - k, 3 - j - m]
    found = functional.hessian(autograd.linalg.det, autograd.tensor(a))
    np.testing.assert_allclose(found.array, expected, atol=1e-12)


@pytest.mark.parametrize("norm", (lambda x: x.norm(), lambda x: x.norm(2, 0), lambda x: F.normalize(x, dim=0).sum()))
def test_a_norm_has_no_second_derivative_at_0(norm):
    x = leaf(0.0, 0.0)
    assert autograd.grad(norm(x), x)[0].isfinite().all()
    assert functional.hessian(lambda x: norm(x) ** 2, x).isnan().all()


def test_an_angle_has_no_second_derivative_at_the_origin():
    y, x = leaf(0.0), leaf(0.0)
    slope, curvature = derivatives(lambda y: autograd.atan2(y, x), y, 2)
    assert slope.tolist() == [0.0] and np.isnan(curvature).all()


def test_a_quantile_between_a_number_and_infinity():
    assert autograd.tensor([math.inf, 1.0, -math.inf]).quantile(0.4).item() == -math.inf


FAR = np.array([-100.0, -40.0, -20.0, 20.0, 40.0, 100.0])
BELOW = np.exp(-np.abs(FAR))
SIGMOID = np.where(FAR > 0, 1 / (1 + BELOW), BELOW / (1 + BELOW))
CURVATURE = BELOW / (1 + BELOW) ** 2


@pytest.mark.parametrize(
    "function, slope, curvature",
    (
        (F.logsigmoid, SIGMOID[::-1], -CURVATURE),
        (lambda x: F.softplus(x, threshold=math.inf), SIGMOID, CURVATURE),
        (lambda x: F.binary_cross_entropy_with_logits(x, autograd.zeros_like(x), reduction="none"), SIGMOID, CURVATURE),
        (
            lambda x: F.binary_cross_entropy_with_logits(x, autograd.ones_like(x), reduction="none"),
            -SIGMOID[::-1],
            CURVATURE,
        ),
        (lambda x: F.soft_margin_loss(x, autograd.ones(6), reduction="none"), -SIGMOID[::-1], CURVATURE),
    ),
)
def test_derivatives_of_the_logistic_keep_their_digits_far_out(function, slope, curvature):
    first, second = derivatives(function, leaf(*FAR), 2)
    np.testing.assert_allclose(first, slope, 1e-12)
    np.testing.assert_allclose(second, curvature, 1e-12)


def test_the_logarithm_of_the_normal_distribution_is_smooth_far_out():
    first, second = derivatives(autograd.special.log_ndtr, leaf(-1e3, 40.0, 1e3), 2)
    np.testing.assert_allclose(first, [1000.000999998, 0, 0], atol=1e-12)
    np.testing.assert_allclose(second, [-0.999999, 0, 0], 1e-5)


@pytest.mark.parametrize("p, target, slope", ((0, 0, 0), (1, 1, 0), (0, 1, -1e12), (1, 0, 1e12), (0.25, 1, -4)))
def test_the_cross_entropy_of_a_saturated_probability_has_a_slope(p, target, slope):
    x = leaf(float(p))
    F.binary_cross_entropy(x, autograd.tensor([float(target)], dtype=autograd.float64)).backward()
    assert x.grad.item() == pytest.approx(slope)


def test_a_saturated_sigmoid_passes_nothing_back():
    x = leaf(20.0, -200.0, dtype=autograd.float32)
    F.binary_cross_entropy(x.sigmoid(), autograd.tensor([0.0, 1.0])).backward()
    assert x.grad.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "loss, target, slope",
    (
        (F.multilabel_margin_loss, [[0, -1, 0]], [-1 / 3, 1 / 3, 0.0]),
        (F.multi_margin_loss, [0], [-1 / 3, 1 / 3, 0.0]),
    ),
)
def test_what_keeps_the_margin_exactly_has_no_slope(loss, target, slope):
    x = autograd.tensor([[1.0, 0.5, 0.0]], dtype=autograd.float64, requires_grad=True)
    loss(x, autograd.tensor(target)).backward()
    np.testing.assert_allclose(x.grad.array[0], slope)


@pytest.mark.parametrize(
    "call, error",
    (
        (lambda x: F.nll_loss(x, autograd.tensor([0, 1, 2])), ValueError),
        (lambda x: F.nll_loss(x, autograd.tensor([[0, 1]])), ValueError),
        (lambda x: F.nll_loss(x, autograd.tensor(0)), ValueError),
        (lambda x: F.nll_loss(x[0], autograd.tensor([0, 1])), ValueError),
        (lambda x: F.nll_loss(x, autograd.tensor([[0], [1]])), RuntimeError),
        (lambda x: F.nll_loss(x, autograd.tensor([0, 1]), weight=autograd.ones(2)), RuntimeError),
        (lambda x: F.cross_entropy(x, autograd.ones(3, 3)), ValueError),
        (lambda x: F.multi_margin_loss(x, autograd.tensor([[0], [1]])), RuntimeError),
        (lambda x: F.multi_margin_loss(x, autograd.tensor([0, 1]), weight=autograd.ones(2)), RuntimeError),
        (lambda x: F.gaussian_nll_loss(x, x, autograd.ones(2, 4)), ValueError),
    ),
)
def test_losses_of_sizes_that_do_not_match(call, error):
    with pytest.raises(error):
        call(autograd.zeros(2, 3))


def test_a_target_without_a_batch_may_have_its_dimension():
    x = autograd.tensor([-1.0, -2.0, -3.0])
    assert F.nll_loss(x, autograd.tensor([1])).item() == 2
    assert F.cross_entropy(x, autograd.tensor([1]), reduction="none").shape == ()

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

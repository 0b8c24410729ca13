"""Anomaly detection, and the freezing of saved arrays."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Node


def root_of_zero():
    x = autograd.tensor([0.0, 1.0], requires_grad=True)
    return x, (x.sqrt() * autograd.tensor([0.0, 1.0])).sum()


def test_a_nan_is_traced_to_the_forward_line() -> None:
    with autograd.detect_anomaly():
        x, y = root_of_zero()
        with pytest.raises(
            RuntimeError, match="Function 'SqrtBackward0' returned nan values in its 0th output"
        ) as caught:
            y.backward()
    text = str(caught.value)
    line = inspect.getsourcelines(root_of_zero)[1] + 2
    assert f'test_debug.py", line {line}, in root_of_zero' in text
    assert "x.sqrt()" in text
    assert "autograd/record.py" not in text
    assert x.grad is None


def test_a_nan_of_a_second_derivative_is_traced() -> None:
    with autograd.detect_anomaly():
        x = autograd.zeros(2, requires_grad=True)
        (slope,) = autograd.grad((x**1.5).sum(), x, create_graph=True)
        with pytest.raises(RuntimeError, match="returned nan values"):
            autograd.grad((slope * 0).sum(), x)


def test_without_the_forward_pass_no_line_is_known() -> None:
    _, y = root_of_zero()
    with autograd.detect_anomaly(), pytest.raises(RuntimeError, match="run the forward pass under detect_anomaly"):
        y.backward()


def test_a_nan_passes_where_nobody_looks() -> None:
    x, y = root_of_zero()
    y.backward()
    assert np.isnan(x.grad.array[0])
    with autograd.detect_anomaly(check_nan=False):
        x, y = root_of_zero()
        y.backward()
    assert np.isnan(x.grad.array[0])


def test_anomaly_mode_changes_no_gradient() -> None:
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp() * x
    (plain,) = autograd.grad(y.sum(), x, retain_graph=True)
    with autograd.detect_anomaly():
        assert autograd.grad(y.sum(), [y, x], retain_graph=True)[1].equal(plain)
        y.sum().backward()
    assert x.grad.equal(plain)


def test_the_modes_are_put_back() -> None:
    slot = Node.__dict__["saved"]
    assert not autograd.is_anomaly_enabled()
    with autograd.set_detect_anomaly(True):
        with autograd.detect_anomaly():
            assert autograd.is_anomaly_enabled()
        assert autograd.is_anomaly_enabled()
        assert Node.__dict__["saved"] is not slot
    autograd.set_detect_anomaly(True)
    assert autograd.is_anomaly_check_nan_enabled()
    autograd.set_detect_anomaly(False)
    assert not autograd.is_anomaly_enabled()
    assert Node.__dict__["saved"] is slot


def test_a_raw_write_to_a_saved_array_is_caught() -> None:
    x = autograd.ones(2, requires_grad=True)
    memory = x.detach().numpy()
    with autograd.freeze_saved():
        y = (x * x).sum()
        with pytest.raises(ValueError, match="read-only"):
            memory[0] = 5
        with autograd.no_grad(), pytest.raises(RuntimeError, match="freeze_saved"):
            x.add_(1)
        y.backward()
        memory[0] = 5
    assert x.tolist() == [5.0, 1.0]
    assert x.grad.tolist() == [2.0, 2.0]


def test_arrays_thaw_when_no_graph_needs_them() -> None:
    with autograd.freeze_saved():
        x = autograd.ones(2, requires_grad=True)
        one, two = x.exp(), x * x
        row = x.detach().numpy()
        del two
        row[0] = 2
        kept = x * x
        other = x * x
        del kept
        assert not x.array.flags.writeable
        del other
        assert x.array.flags.writeable
        assert not one.array.flags.writeable
    assert one.array.flags.writeable


def test_the_owner_of_a_view_is_frozen_too() -> None:
    array = np.ones(4)
    with autograd.freeze_saved():
        x = autograd.from_numpy(array)[:2].requires_grad_()
        y = x * x
        with pytest.raises(ValueError, match="read-only"):
            array[3] = 1
        del y
    array[3] = 1


def test_a_read_only_array_stays_so() -> None:
    array = np.ones(2)
    array.flags.writeable = False
    with autograd.freeze_saved():
        x = autograd.from_numpy(array).requires_grad_()
        (x * x).sum().backward()
    assert not array.flags.writeable


def test_training_goes_on_with_frozen_arrays() -> None:
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
    optimizer = optim.Adam(model.parameters())
    x, target = autograd.randn(5, 3), autograd.randint(2, (5,))
    with autograd.freeze_saved(), autograd.detect_anomaly():
        for _ in range(2):
            # Two forward passes before a backward: the running means are written to between.
            loss = nn.functional.cross_entropy(model(x), target) + nn.functional.cross_entropy(model(x), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert all(p.array.flags.writeable for p in model.parameters())

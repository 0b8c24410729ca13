"""What if, in Python: a recording run again with other numbers, and outputs of modules replaced."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.seeing import Trace


def gradients(steps: Trace) -> dict[str, list[float]]:
    """What arrived at each leaf, by name."""
    record = steps.record
    arrived = [step for step in steps.steps if step["kind"] == "leaf"]
    nodes = record["nodes"]
    return {
        nodes[step["node"]]["name"]: record["arrays"][step["gradient"]]["cells"]
        for step in arrived
        if not nodes[step["node"]]["op"]
    }


def test_a_neuron_with_another_weight() -> None:
    w, x = autograd.tensor(2.0, requires_grad=True), autograd.tensor(3.0, requires_grad=True)
    with autograd.trace() as steps:
        (w * x).tanh().backward()
    again = steps.replay(w=0.5)
    other = autograd.tensor(0.5, requires_grad=True)
    (other * x.detach()).tanh().backward()
    assert other.grad is not None
    np.testing.assert_allclose(gradients(again)["w"], [other.grad.item()], 1e-6)
    assert w.item() == 2.0 and gradients(steps)["w"] != gradients(again)["w"]


def test_scalars() -> None:
    a, b = autograd.Scalar(2.0, label="a"), autograd.Scalar(-3.0, label="b")
    with autograd.trace() as steps:
        (a * b + 1 - a).backward()
    assert gradients(steps.replay(a=5.0, b=4.0)) == {"a": [3.0], "b": [5.0]}


def test_a_network_with_other_weights() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    x, y = autograd.randn(4, 2), autograd.tensor([0, 1, 1, 0])
    with autograd.trace() as steps:
        nn.functional.cross_entropy(model(x), y).backward()
    value = np.ones((3, 2), "float32")
    again = steps.replay({"0.weight": value})
    model.zero_grad()
    with autograd.no_grad():
        model[0].weight.copy_(autograd.tensor(value))
    nn.functional.cross_entropy(model(x), y).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None
        np.testing.assert_allclose(gradients(again)[name], parameter.grad.array.ravel(), 1e-5, 1e-6, err_msg=name)
    assert "<html" in again.to_html()


def test_what_comes_after_an_update_is_left_out() -> None:
    w = autograd.tensor([1.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)
    with autograd.trace() as steps:
        for _ in range(2):
            optimizer.zero_grad()
            (w * w).sum().backward()
            optimizer.step()
    phases = {step["phase"] for step in steps.replay(w=[3.0]).steps}
    assert phases == {"forward", "backward"}
    assert gradients(steps.replay(w=[3.0])) == {"w": [6.0]}


def test_mistakes_in_a_replay() -> None:
    w = autograd.tensor([1.0, 2.0], requires_grad=True)
    with autograd.trace() as steps:
        (w * w).sum().backward()
    with pytest.raises(KeyError, match="no leaf is called v; there are w"):
        steps.replay(v=1.0)
    with pytest.raises(RuntimeError, match="w has shape"):
        steps.replay(w=1.0)


def patched_model() -> tuple[nn.Sequential, autograd.Tensor]:
    autograd.manual_seed(1)
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), autograd.randn(4, 2)


def test_patch_by_a_function() -> None:
    model, x = patched_model()
    mask = autograd.tensor([1.0, 0.0, 1.0])
    before = model(x)
    with model.patch("1", lambda h: h * mask):
        found = model(x)
        found.sum().backward()
    expected = model[2](model[1](model[0](x)) * mask)
    np.testing.assert_array_equal(found.array, expected.array)
    assert model[0].weight.grad is not None and not model[0].weight.grad.array[1].any()
    np.testing.assert_array_equal(model(x).array, before.array)


@pytest.mark.parametrize("value", [0.5, np.full(3, 0.5), autograd.full((4, 3), 0.5)])
def test_patch_by_a_value(value: object) -> None:
    model, x = patched_model()
    with model.patch("1", value):
        found = model(x)
    np.testing.assert_allclose(found.array, model[2](autograd.full((4, 3), 0.5)).array, 1e-6)


def test_gradients_arrive_at_a_tensor_that_is_given() -> None:
    model, x = patched_model()
    hidden = autograd.ones(4, 3, requires_grad=True)
    with model.patch("1", hidden):
        model(x).sum().backward()
    assert hidden.grad is not None
    np.testing.assert_allclose(hidden.grad.array, np.tile(model[2].weight.array, (4, 1)))
    assert model[0].weight.grad is None


def test_mistakes_in_a_patch() -> None:
    model, x = patched_model()
    with pytest.raises(AttributeError), model.patch("relu", 0.0):
        pass
    with pytest.raises(RuntimeError), model.patch("1", np.ones(5)):
        model(x)
    recurrent = nn.Sequential(nn.LSTM(2, 3))
    with pytest.raises(TypeError, match="replace it by a function"), recurrent.patch("0", 1.0):
        recurrent(autograd.ones(4, 1, 2))
    assert model(x).shape == (4, 1)

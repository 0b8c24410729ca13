"""Optimizers: their arithmetic, their groups, their state."""

import copy
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import optim


def parameter(*values):
    return autograd.tensor(values, requires_grad=True)


def test_sgd_with_momentum_by_hand():
    w = parameter(1.0)
    step = optim.SGD([w], lr=0.1, momentum=0.5, weight_decay=0.1)
    value, velocity = 1.0, 0.0
    for _ in range(3):
        step.zero_grad()
        (w * w).sum().backward()
        step.step()
        velocity = 0.5 * velocity + 2 * value + 0.1 * value
        value -= 0.1 * velocity
        assert w.item() == pytest.approx(value, rel=1e-6)


def test_adam_by_hand():
    w = parameter(1.0)
    step = optim.Adam([w], lr=0.1, betas=(0.5, 0.9))
    value, m, v = 1.0, 0.0, 0.0
    for t in range(1, 4):
        step.zero_grad()
        (w * w).sum().backward()
        step.step()
        m, v = 0.5 * m + 0.5 * 2 * value, 0.9 * v + 0.1 * 4 * value**2
        value -= 0.1 * (m / (1 - 0.5**t)) / ((v / (1 - 0.9**t)) ** 0.5 + 1e-8)
        assert w.item() == pytest.approx(value, rel=1e-5)


def test_parameters_without_a_gradient_stay():
    used, unused = parameter(1.0), parameter(2.0)
    step = optim.Adam([used, unused])
    (used * 2).sum().backward()
    step.step()
    assert unused.item() == 2.0
    assert unused not in step.state


def test_an_update_keeps_the_memory_and_the_handle():
    w = parameter(1.0, 2.0)
    array = w.array
    step = optim.SGD([w], lr=1.0)
    w.sum().backward()
    step.step()
    assert w.array is array
    assert array.tolist() == [0.0, 1.0]


def test_a_parameter_that_is_not_contiguous_is_updated():
    w = autograd.ones(2, 3).t().requires_grad_()
    step = optim.SGD([w], lr=1.0)
    (w * w).sum().backward()
    step.step()
    assert w.tolist() == [[-1.0, -1.0]] * 3


@pytest.mark.parametrize("make", [lambda p: optim.SGD(p, lr=0.5, momentum=0.5), lambda p: optim.Adam(p, lr=0.5)])
def test_what_is_remembered_of_a_parameter_that_is_not_contiguous(make):
    transposed, plain = autograd.ones(2, 3).t().requires_grad_(), autograd.ones(3, 2).requires_grad_()
    for w in (transposed, plain):
        step = make([w])
        for _ in range(3):
            step.zero_grad()
            (w * w).sum().backward()
            step.step()
    assert transposed.equal(plain)


class Momentum(optim.Optimizer):
    def __init__(self, params, lr=0.1, momentum=0.5):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    def update(self, values, slope, state, group):
        state["velocity"] = group["momentum"] * state.get("velocity", 0) + slope
        values -= group["lr"] * state["velocity"]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_an_optimizer_of_ones_own(shape):
    mine, theirs = (autograd.ones(shape, requires_grad=True) for _ in range(2))
    for w, step in ((mine, Momentum([mine])), (theirs, optim.SGD([theirs], lr=0.1, momentum=0.5))):
        for _ in range(3):
            step.zero_grad()
            (w * w).sum().backward()
            step.step()
    assert mine.allclose(theirs)


def test_its_state_goes_out_and_in():
    w = parameter(1.0)
    step = Momentum([w])
    w.sum().backward()
    step.step()
    resumed = Momentum([w])
    resumed.load_state_dict(step.state_dict())
    assert (
        resumed.state_dict()
        == step.state_dict()
        == {
            "state": {0: {"velocity": np.ones(1)}},
            "param_groups": [{"lr": 0.1, "momentum": 0.5, "params": [0]}],
        }
    )
    assert resumed.state[w]["velocity"] is not step.state[w]["velocity"]


def test_nothing_is_saved_of_a_parameter_of_which_nothing_is_remembered():
    w = parameter(1.0)
    step = optim.SGD([w])
    w.sum().backward()
    step.step()
    assert step.state_dict()["state"] == {}


def test_optimizers_reach_kernels_through_one_file():
    files = Path(optim.__file__).parent.glob("*.py")
    assert [file.name for file in files if "autograd.kernels" in file.read_text()] == ["kernels.py"]


def test_groups_have_settings_of_their_own():
    slow, fast = parameter(1.0), parameter(1.0)
    step = optim.SGD([{"params": slow, "lr": 0.01}, {"params": [fast]}], lr=0.1)
    (slow + fast).sum().backward()
    step.step()
    assert (round(slow.item(), 6), round(fast.item(), 6)) == (0.99, 0.9)


def test_a_closure_is_evaluated_with_gradients():
    w = parameter(1.0)
    step = optim.SGD([w], lr=0.1)

    def closure():
        step.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with autograd.no_grad():
        assert step.step(closure).item() == 1.0
    assert w.item() == pytest.approx(0.8)


@pytest.mark.parametrize(
    "make", [lambda p: optim.Adam(p, lr=0.1), lambda p: optim.SGD(p, lr=0.1, momentum=0.9)], ids=["Adam", "SGD"]
)
def test_state_goes_out_and_in(make):
    autograd.manual_seed(0)
    net, x = nn.Linear(3, 2), autograd.randn(5, 3)
    step = make(net.parameters())

    def train(net, step):
        step.zero_grad()
        (net(x) ** 2).mean().backward()
        step.step()

    train(net, step)
    twin = copy.deepcopy(net)
    resumed = make(twin.parameters())
    resumed.load_state_dict(step.state_dict())
    for _ in range(3):
        train(net, step), train(twin, resumed)
    assert net.weight.equal(twin.weight)


def test_float64_and_float16_parameters():
    for dtype in (autograd.float64, autograd.float16):
        w = autograd.ones(2, dtype=dtype, requires_grad=True)
        step = optim.Adam([w], lr=0.125)
        (w * w).sum().backward()
        step.step()
        np.testing.assert_allclose(w.tolist(), [0.875, 0.875], rtol=1e-3)
        assert w.dtype is dtype


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda w: optim.SGD([w], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda w: optim.SGD([w], momentum=-0.1), ValueError, "Invalid momentum value"),
        (lambda w: optim.SGD([w], nesterov=True), ValueError, "Nesterov momentum requires a momentum"),
        (lambda w: optim.Adam([w], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
        (lambda w: optim.Adam([w], eps=-1), ValueError, "Invalid epsilon value"),
        (lambda w: optim.Adam([]), ValueError, "empty parameter list"),
        (lambda w: optim.Adam(w), TypeError, "iterable of Tensors or dicts, not a Tensor"),
        (lambda w: optim.Adam([1.0]), TypeError, "one of the params is float"),
        (lambda w: optim.Adam([w, w]), ValueError, "more than one parameter group, or twice in one"),
        (lambda w: optim.Adam([w * 2]), ValueError, "can't optimize a non-leaf Tensor"),
        (
            lambda w: optim.Adam([w]).load_state_dict(optim.Adam([w, parameter(1.0)]).state_dict()),
            ValueError,
            "don't match the optimizer's",
        ),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(parameter(1.0))


def test_printing():
    assert repr(optim.SGD([parameter(1.0)], lr=0.1)).startswith(
        "SGD (\nParameter Group 0\n    dampening: 0.0\n    lr: 0.1\n"
    )

"""Optimizers: their arithmetic, their groups, their state."""

import copy
import pickle
import threading
import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.kernels.compiling import many


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


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("method", [optim.SGD, optim.Adam, optim.RMSprop, optim.Adafactor])
def test_an_update_of_ones_own_around_that_of_an_optimizer(method, maximize):
    class Clipped(method):
        def update(self, values, slope, state, group):
            super().update(values, np.clip(slope, -0.5, 0.5), state, group)

    mine, theirs = autograd.ones(3, 2).t().requires_grad_(), autograd.ones(2, 3, requires_grad=True)
    steps = Clipped([mine], lr=0.1, maximize=maximize), method([theirs], lr=0.1, maximize=maximize)
    for _ in range(3):
        mine.grad, theirs.grad = autograd.full((2, 3), 7.0), autograd.full((2, 3), 0.5)
        for step in steps:
            step.step()
    assert mine.equal(theirs) and mine[0, 0] != 1.0


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
        (lambda w: optim.Adam([{"params": w}, {"params": w}]), ValueError, "more than one parameter group"),
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


# Layouts of a parameter of the shape (2, 3): its gradient, and what is remembered of it, may lie in memory as it does.
LAYOUTS = {
    "contiguous": lambda values: values.clone(),
    "transposed": lambda values: values.t().contiguous().t(),
    "sliced": lambda values: values.repeat_interleave(2, 1)[:, ::2],
    "reversed": lambda values: autograd.as_tensor(values.numpy()[::-1].copy()[::-1]),
}
METHODS = {
    "sgd": lambda p: optim.SGD(p, lr=0.1, weight_decay=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1),
    "adam": lambda p: optim.Adam(p, lr=0.1),
    "amsgrad": lambda p: optim.Adam(p, lr=0.1, amsgrad=True, maximize=True),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.1),
    "centered": lambda p: optim.RMSprop(p, lr=0.1, momentum=0.9, centered=True),
    "nadam": lambda p: optim.NAdam(p, lr=0.1),
    "asgd": lambda p: optim.ASGD(p, lr=0.1),
    "adafactor": lambda p: optim.Adafactor(p, lr=0.1),
    "muon": lambda p: optim.Muon(p, lr=0.1),
}


@pytest.mark.parametrize("make", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize("of_the_state", LAYOUTS)
@pytest.mark.parametrize("of_the_gradient", LAYOUTS)
@pytest.mark.parametrize("of_the_parameter", LAYOUTS)
def test_how_things_lie_in_memory_makes_no_difference(make, of_the_parameter, of_the_gradient, of_the_state):
    values = autograd.arange(6.0).reshape(2, 3) + 1
    found = []
    for own in (True, False):
        w = (LAYOUTS[of_the_parameter](values) if own else values.clone()).requires_grad_()
        step = make([w])
        for _ in range(3):
            gradient = (w.detach() * 2).clone()
            w.grad = LAYOUTS[of_the_gradient](gradient) if own else gradient
            step.step()
            for name in step.shapes((2, 3)) if own else ():
                if name in step.state[w]:
                    step.state[w][name] = LAYOUTS[of_the_state](step.state[w][name])
        found.append(w.tolist())
    np.testing.assert_allclose(found[0], found[1], 1e-6 if isinstance(step, optim.Muon) else 0)


def test_a_state_that_is_a_view_is_written_where_it_lies():
    w = autograd.ones(2, 3, requires_grad=True)
    step, memory = optim.SGD([w], lr=0.1, momentum=0.5), autograd.zeros(3, 4)
    step.state[w]["momentum_buffer"] = memory.t()[1:3]
    w.grad = autograd.full((2, 3), 2.0)
    step.step()
    assert memory.tolist() == [[0.0, 2.0, 2.0, 0.0]] * 3


@pytest.mark.parametrize("size", [1, 64, 4_000_000])
@pytest.mark.parametrize("make", [METHODS["momentum"], METHODS["adam"]], ids=["momentum", "adam"])
def test_a_state_of_another_shape_is_not_loaded(make, size):
    small, fitting, large = (autograd.ones(n, requires_grad=True) for n in (8, 3, size))
    saved = make([fitting, small])
    (small.sum() + fitting.sum()).backward()
    saved.step()
    other = make([autograd.ones(3, requires_grad=True), large])
    groups = copy.deepcopy(other.state_dict()["param_groups"])
    saved.param_groups[0]["lr"] = 7.0
    with pytest.raises(ValueError, match=rf"of parameter 1 has the shape \(8,\), .* has the shape \({size},\)"):
        other.load_state_dict(saved.state_dict())
    assert other.state_dict() == {"state": {}, "param_groups": groups}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda w, s: s.update(exp_avg=autograd.zeros(5)), r"'exp_avg' has the shape \(5,\) .* has \(2,\)"),
        (lambda w, s: s.update(exp_avg_sq=autograd.zeros(1)), r"'exp_avg_sq' has the shape \(1,\) .* has \(2,\)"),
        (lambda w, s: s.update(exp_avg=autograd.zeros(2, dtype=autograd.float64)), "float64, .* float32"),
        (lambda w, s: s.update(exp_avg=autograd.zeros(1).expand(2)), "'exp_avg' of shape .* expanded"),
        (lambda w, s: setattr(w, "data", autograd.ones(5)), r"gradient has the shape \(2,\) .* has \(5,\)"),
        (lambda w, s: setattr(w, "data", autograd.ones(1).expand(2)), "a parameter of shape .* expanded"),
    ],
)
def test_nothing_is_updated_where_something_does_not_fit(spoil, message):
    first, second = parameter(1.0, 2.0), parameter(3.0, 4.0)
    step = optim.Adam([first, second])
    (first.sum() + second.sum()).backward()
    step.step()
    before = first.tolist()
    spoil(second, step.state[second])
    with pytest.raises(RuntimeError, match=message):
        step.step()
    assert first.tolist() == before
    assert step.state[first]["step"] == 1


def test_a_loaded_state_has_the_dtype_of_its_parameter():
    w = parameter(1.0, 2.0)
    step = optim.Adam([w])
    state = {
        "step": autograd.tensor(3.0),
        "exp_avg": autograd.ones(2, dtype=autograd.float64),
        "exp_avg_sq": autograd.ones(2, dtype=autograd.float16),
        "more": [autograd.ones(1, dtype=autograd.float64), {"step": autograd.tensor(1)}],
    }
    step.load_state_dict(
        {"state": {5: state}, "param_groups": [{**step.state_dict()["param_groups"][0], "params": [5]}]}
    )
    found = step.state[w]
    assert [found[name].dtype for name in ("step", "exp_avg", "exp_avg_sq")] == [autograd.float32] * 3
    assert (found["more"][0].dtype, found["more"][1]["step"].dtype) == (autograd.float32, autograd.int64)
    assert found["exp_avg"] is not state["exp_avg"]


def test_a_step_that_is_counted_in_a_tensor():
    plain, counted = parameter(1.0), parameter(1.0)
    for w in (plain, counted):
        step = optim.Adam([w], lr=0.1)
        for _ in range(4):
            step.zero_grad()
            (w * w).sum().backward()
            step.step()
            if w is counted and not isinstance(step.state[w]["step"], autograd.Tensor):
                step.state[w]["step"] = autograd.tensor(1.0)
    assert plain.item() == counted.item()


def test_a_gradient_of_another_dtype_is_cast():
    w = parameter(1.0)
    w.sum().backward()
    w.data = w.data.double()
    optim.SGD([w], lr=0.5).step()
    assert (w.item(), w.dtype) == (0.5, autograd.float64)


def test_a_state_of_no_parameter_is_not_loaded():
    step = optim.Adam([parameter(1.0)])
    saved = {**step.state_dict(), "state": {1: {}}}
    with pytest.raises(ValueError, match="a state of parameter 1, which is in none of its groups"):
        step.load_state_dict(saved)


def test_settings_that_were_not_saved_have_their_defaults():
    step = optim.Adam([parameter(1.0)], eps=0.5)
    step.load_state_dict({"state": {}, "param_groups": [{"params": [0], "lr": 0.25}]})
    assert (step.param_groups[0]["lr"], step.param_groups[0]["eps"]) == (0.25, 0.5)


@pytest.mark.parametrize(
    "make",
    [
        lambda optim, p: optim.SGD(p, lr=0.1, maximize=True, weight_decay=0.1, foreach=False),
        lambda optim, p: optim.SGD(p, lr=0.1, momentum=0.9, maximize=True, nesterov=True),
        lambda optim, p: optim.Adam(p, lr=0.1, maximize=True, weight_decay=0.1, foreach=False),
        lambda optim, p: optim.Adam(p, 0.1, (0.9, 0.5), 1e-8, 0.1, True),
        lambda optim, p: optim.Adam(p, lr=0.1, amsgrad=True, maximize=True),
    ],
)
def test_options_are_pytorchs(make):
    torch = pytest.importorskip("torch")
    found = []
    for library, methods in ((autograd, optim), (torch, torch.optim)):
        w = library.tensor([1.0, -2.0, 3.0], requires_grad=True)
        step = make(methods, [w])
        for scale in (1.0, 5.0, 0.1, float("nan"), 1.0):
            step.zero_grad()
            (w * w * library.tensor([1.0, 1.0, scale])).sum().backward()
            step.step()
        found.append(w.tolist())
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)


def test_hooks_around_a_step():
    w, seen = parameter(1.0), []
    step = optim.SGD([w], lr=0.5)
    w.sum().backward()
    before = step.register_step_pre_hook(lambda o, args, kwargs: seen.append((o is step, args, kwargs, w.item())))
    step.register_step_post_hook(lambda o, args, kwargs: seen.append(w.item()))
    step.step()
    assert seen == [(True, (step,), {}, 1.0), 0.5]
    before.remove()
    step.register_step_pre_hook(lambda o, args, kwargs: ((o, lambda: 7.0), {}))
    assert step.step() == 7.0
    step.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError, match="step pre-hook must return None"):
        step.step()
    assert w.item() == 0.0


def test_hooks_of_all_optimizers():
    w, seen = parameter(1.0), []
    w.sum().backward()
    hook = lambda name: lambda o, args, kwargs: seen.append(name)
    step = optim.SGD([w], lr=0.5)
    step.register_step_pre_hook(hook("own before"))
    step.register_step_post_hook(hook("own after"))
    with (
        optim.optimizer.register_optimizer_step_pre_hook(hook("before")),
        optim.optimizer.register_optimizer_step_post_hook(hook("after")),
    ):
        step.step()
    step.step()
    assert seen == ["before", "own before", "own after", "after", "own before", "own after"]


def test_hooks_around_a_step_of_ones_own():
    class Twice(optim.SGD):
        def step(self, closure=None):
            super().step()
            return super().step(closure)

    w, seen = parameter(1.0), []
    w.sum().backward()
    step = Twice([w], lr=0.25)
    step.register_step_post_hook(lambda *args: seen.append(w.item()))
    step.step()
    assert seen == [0.5]


def test_hooks_around_state_dicts():
    step, seen = optim.SGD([parameter(1.0)], lr=0.5), []
    step.register_state_dict_pre_hook(lambda o: seen.append("second"))
    step.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True)
    step.register_state_dict_post_hook(lambda o, saved: {**saved, "more": 1})
    saved = step.state_dict()
    assert (seen, saved["more"]) == (["first", "second"], 1)

    def halved(o, loaded):
        loaded["param_groups"] = [{**group, "lr": group["lr"] / 2} for group in loaded["param_groups"]]

    step.register_load_state_dict_pre_hook(halved)
    step.register_load_state_dict_post_hook(lambda o: seen.append(o.param_groups[0]["lr"]))
    step.load_state_dict(saved)
    assert seen[-1] == 0.25 and saved["param_groups"][0]["lr"] == 0.5


def test_names_of_parameters():
    net = nn.Linear(2, 1)
    step = optim.Adam(net.named_parameters())
    assert step.param_groups[0]["param_names"] == ["weight", "bias"]
    assert step.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
    # Those of a state dict take their place; one without names leaves them.
    step.load_state_dict(optim.Adam(net.parameters()).state_dict())
    assert step.param_groups[0]["param_names"] == ["weight", "bias"]
    step.load_state_dict(optim.Adam([(f"0.{n}", p) for n, p in net.named_parameters()]).state_dict())
    assert step.param_groups[0]["param_names"] == ["0.weight", "0.bias"]
    with pytest.raises(ValueError, match="cannot add param group without names"):
        step.add_param_group({"params": [parameter(1.0)]})
    with pytest.raises(ValueError, match="Some param names are missing"):
        optim.Adam([("w", parameter(1.0)), parameter(1.0)])
    assert len(step.param_groups) == 1


def used_up():
    parameters = nn.Linear(1, 1).parameters()
    list(parameters)
    return parameters


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (lambda: nn.Linear(1, 1).parameters, TypeError, r"not the method parameters; call it: parameters\(\)"),
        (lambda: nn.Linear(1, 1), TypeError, r"not a module; give model.parameters\(\)"),
        (lambda: [nn.Linear(1, 1)], TypeError, r"one of the params is Linear; give model.parameters\(\)"),
        (lambda: 3, TypeError, "an iterable of Tensors or dicts, not a int"),
        (lambda: autograd.Scalar(1.0), TypeError, "not a Scalar; put it in a list"),
        (
            lambda: [autograd.Scalar(1.0) * 2],
            ValueError,
            "can't optimize a non-leaf Tensor: it is computed from others",
        ),
        (used_up, ValueError, r"empty parameter list; .* gone through before; call parameters\(\) again"),
        (lambda: [{"params": {parameter(1.0)}}], TypeError, "parameters must have an order"),
        (lambda: [{"params": parameter(1.0)}, [parameter(1.0)]], TypeError, "param_group must be a dict, but got list"),
    ],
)
def test_what_are_no_parameters(params, error, message):
    with pytest.raises(error, match=message):
        optim.SGD(params())


@pytest.mark.parametrize("method", [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.LBFGS, optim.Muon])
@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"lr": "0.1"}, TypeError, "learning rate must be a number, not '0.1' of type str"),
        ({"lr": None}, TypeError, "learning rate must be a number, not None"),
        ({"lr": -0.1}, ValueError, "(Invalid learning rate: -0.1|Learning rate should be >= 0 but is: -0.1)"),
        ({"lr": float("nan")}, ValueError, "earning rate"),
        ({"learning_rate": 0.1}, TypeError, "unexpected keyword argument 'learning_rate'"),
    ],
)
def test_settings_that_make_no_sense(method, settings, error, message):
    with pytest.raises(error, match=message):
        method([autograd.ones(2, 2, requires_grad=True)], **settings)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"fused": True, "foreach": True}, RuntimeError, "cannot be `True` together"),
        ({"fused": True, "differentiable": True}, RuntimeError, "`fused` does not support `differentiable`"),
        ({"differentiable": True}, NotImplementedError, "a step is not recorded; .* create_graph=True"),
        ({"betas": 0.9}, TypeError, "betas must be two numbers"),
        ({"betas": (0.9, "0.99")}, TypeError, r"betas\[1\] must be a number"),
        ({"lr": autograd.ones(2)}, ValueError, "Tensor lr must be 1-element"),
    ],
)
def test_settings_that_exclude_each_other(settings, error, message):
    with pytest.raises(error, match=message):
        optim.Adam([parameter(1.0)], **settings)


def test_settings_that_change_nothing_are_accepted():
    found = []
    for settings in ({}, {"foreach": True}, {"fused": True}, {"capturable": True}, {"lr": autograd.tensor(1e-3)}):
        w = parameter(1.0)
        w.grad = autograd.ones(1)
        optim.Adam([w], **settings).step()
        found.append(w.item())
    assert found == pytest.approx([0.999] * len(found))


def test_a_learning_rate_in_a_tensor_can_be_changed_there():
    w, lr = parameter(1.0), autograd.tensor([0.5])
    step = optim.SGD([w], lr=lr)
    w.grad = autograd.ones(1)
    step.step()
    lr.fill_(0.25)
    step.step()
    assert w.item() == 0.25


def test_a_step_without_any_gradient_says_so_once():
    w = parameter(1.0)
    step = optim.SGD([w])
    with pytest.warns(
        UserWarning, match=r"SGD.step\(\): no parameter has a gradient, .* call loss.backward\(\)"
    ) as told:
        step.step()
        step.step()
    assert len(told) == 1 and told[0].filename == __file__
    w.sum().backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step.step()


def test_a_duplicate_is_told_of_where_it_was_given():
    w = parameter(1.0)
    with pytest.warns(UserWarning, match="duplicate parameters") as told:
        optim.SGD([w, w])
    assert told[0].filename == __file__


def make_all(params):
    """Each method on these parameters, which are matrices."""
    yield from (
        method(params, lr=0.01) for method in (optim.SGD, optim.Adagrad, optim.Adadelta, optim.Adamax, optim.ASGD)
    )
    yield from (method(params, lr=0.01) for method in (optim.NAdam, optim.RAdam, optim.Rprop, optim.AdamW, optim.Muon))
    yield optim.SGD(params, lr=0.01, momentum=0.9, dampening=0.5)
    yield optim.Adam(params, lr=0.01, amsgrad=True)
    yield optim.RMSprop(params, lr=0.01, centered=True, momentum=0.9)
    yield optim.Adafactor(params)


def test_a_copy_has_no_hooks_but_all_else():
    step = Momentum([parameter(1.0)])
    step.rounds = 3
    step.register_step_pre_hook(lambda *args: 1 / 0)
    (w := step.param_groups[0]["params"][0]).sum().backward()
    other = copy.deepcopy(step)
    other.step()
    assert other.rounds == 3 and other.param_groups[0]["params"][0].item() == pytest.approx(0.9) and w.item() == 1.0


@pytest.mark.parametrize("number", range(14))
@pytest.mark.parametrize("how", ["state_dict", "pickle", "deepcopy", "checkpoint"])
def test_going_on_from_what_was_saved_gives_the_same_bits(number, how, tmp_path):
    autograd.manual_seed(0)
    x = autograd.randn(5, 3)

    def train(w, step):
        step.zero_grad()
        (autograd.tanh(x @ w) ** 2).sum().backward()
        step.step()

    w = autograd.randn(3, 2).requires_grad_()
    step = list(make_all([w]))[number]
    for _ in range(4):
        train(w, step)
    if how == "pickle":
        again, resumed = pickle.loads(pickle.dumps((w, step)))
    elif how == "deepcopy":
        again, resumed = copy.deepcopy((w, step))
    else:
        again = w.detach().clone().requires_grad_()
        resumed = list(make_all([again]))[number]
        saved = step.state_dict()
        if how == "checkpoint":
            autograd.save(saved, tmp_path / "step")
            saved = autograd.load(tmp_path / "step")
        resumed.load_state_dict(saved)
    for _ in range(4):
        train(w, step), train(again, resumed)
    assert again is not w and again.equal(w)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("make", METHODS.values(), ids=METHODS)
def test_many_parameters_are_updated_as_each_alone(make, compiled, monkeypatch):
    if not compiled:
        monkeypatch.setattr(many, "compiled_misfit", lambda: None)
    rng = np.random.default_rng(0)
    shapes = [(3, 2), (1, 1), (20, 30), (2, 0), (7, 3)]
    dtypes = [np.float32, np.float64, np.float32, np.float32, np.float16]

    def params():
        rng = np.random.default_rng(1)
        made = [autograd.from_numpy(rng.standard_normal(s).astype(d)) for s, d in zip(shapes, dtypes)]
        return [w.requires_grad_() for w in made]

    together, alone = params(), params()
    steps = [make(together)], [make([w]) for w in alone]
    for t in range(4):
        for w, other in zip(together, alone):
            # Of some there is no gradient at first, or once.
            if (t > 0 or w.shape != (3, 2)) and (t != 2 or w.shape != (7, 3)):
                w.grad = autograd.from_numpy(rng.standard_normal(tuple(w.shape)).astype(w.array.dtype))
                other.grad = w.grad.clone()
            else:
                w.grad = other.grad = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for step in (*steps[0], *steps[1]):
                step.step()
    assert [w.tolist() for w in together] == [w.tolist() for w in alone]


def test_what_others_change_between_steps_is_seen():
    w = parameter(1.0, 1.0)
    step = optim.SGD([w], lr=1.0, momentum=0.5)
    w.grad = autograd.ones(2)
    step.step()
    before = w.array
    w.data = autograd.tensor([5.0, 6.0])  # the parameter's memory
    w.grad = autograd.tensor([2.0, 2.0])  # its gradient
    step.step()
    assert (w.tolist(), before.tolist()) == ([2.5, 3.5], [0.0, 0.0])
    step.state[w]["momentum_buffer"] = autograd.zeros(2)  # its state, replaced
    step.step()
    assert w.tolist() == [0.5, 1.5]
    step.state[w]["momentum_buffer"].fill_(-4.0)  # and written to
    step.step()
    assert w.tolist() == [0.5, 1.5]
    step.state = step.state.__class__(dict)  # and forgotten
    step.step()
    assert w.tolist() == [-1.5, -0.5]
    step.param_groups[0]["params"] = [other := parameter(1.0)]
    other.grad = autograd.ones(1)
    step.step()
    assert (w.tolist(), other.item()) == ([-1.5, -0.5], 0.0)


def test_a_step_counts_as_a_write():
    w = parameter(2.0)
    step = optim.SGD([w], lr=0.1)
    for _ in range(3):
        version = w._version
        y = (w * w).sum()
        w.grad = autograd.ones(1)
        step.step()
        assert w._version == version + 1
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.backward()


def test_gradients_are_let_go_after_a_step():
    weights = [parameter(1.0), parameter(2.0)]
    step = optim.Adam(weights)
    for _ in range(2):
        for w in weights:
            w.grad = autograd.ones(1)
        gone = [weakref.ref(w.grad.array) for w in weights]
        step.step()
        step.zero_grad()
        assert [reference() for reference in gone] == [None, None]


def test_nothing_is_updated_where_a_later_group_does_not_fit():
    first, second = parameter(1.0), parameter(2.0)
    step = optim.Adam([{"params": first}, {"params": second}])
    first.grad, second.grad = autograd.ones(1), autograd.ones(1)
    second.data = autograd.ones(3)
    with pytest.raises(RuntimeError, match=r"gradient has the shape \(1,\)"):
        step.step()
    assert first.item() == 1.0 and not step.state_dict()["state"]
    second.data = autograd.ones(1)
    step.step()
    assert first.item() == pytest.approx(0.999)


def test_threads_that_step_at_once():
    """Each has its own gradients of the same parameters: what comes out depends on who is first, but nobody dies."""
    weights = [autograd.zeros(500, requires_grad=True) for _ in range(20)]
    shared = optim.SGD(weights, lr=1.0)
    for w in weights:
        w.grad = autograd.ones(500)
    own = [[autograd.zeros(500, requires_grad=True) for _ in range(20)] for _ in range(4)]

    def work(mine):
        step = optim.SGD(mine, lr=1.0)
        for _ in range(50):
            for w, s in zip(mine, weights):
                w.grad, s.grad = autograd.ones(500), autograd.ones(500)
            step.step()
            shared.step()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in own]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(w.tolist() == [-50.0] * 500 for mine in own for w in mine)
    assert all(set(w.tolist()) <= set(range(-200, 0)) for w in weights)


def test_channels_last_parameters_are_not_copied():
    w = autograd.randn(4, 3, 2, 2).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).requires_grad_()
    step = optim.Adam([w])
    w.grad = autograd.randn(4, 3, 2, 2)
    step.step()
    assert step.state[w]["exp_avg"].stride() == w.stride() and not w.is_contiguous()


def test_what_is_kept_of_no_parameter_is_saved_too():
    w = parameter(1.0)
    step = optim.SGD([w])
    step.state["rounds"] = {"seen": 3}
    resumed = optim.SGD([w])
    resumed.load_state_dict(step.state_dict())
    assert resumed.state["rounds"] == {"seen": 3}


def test_printing():
    lines = repr(optim.SGD([parameter(1.0)], lr=0.1)).splitlines()
    assert lines[:3] == ["SGD (", "Parameter Group 0", "    dampening: 0"]
    assert "    lr: 0.1" in lines and lines[-1] == ")"

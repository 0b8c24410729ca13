"""Schedules: learning rates and momentum step by step as PyTorch's, what is saved of them, and what is refused."""

import copy
import functools
import gc
import math
import pickle
import types
import warnings
import weakref

import pytest

import autograd
import optim
from optim import lr_scheduler

# A sequence in a sequence steps before the optimizer does, and is warned of, in PyTorch too.
pytestmark = pytest.mark.filterwarnings("ignore:Detected call of")

STEPS = 50


class Ramp:
    """A callable object, of which a state dict has what it remembers."""

    def __init__(self, slope):
        self.slope = slope

    def __call__(self, epoch):
        return 1 / (1 + self.slope * epoch)


def sequence(s, opt):
    parts = [s.LinearLR(opt, 0.1, total_iters=4), s.CosineAnnealingLR(opt, 20), s.ExponentialLR(opt, 0.5)]
    return s.SequentialLR(opt, parts, [5, 30])


def nested_sequence(s, opt):
    inner = s.SequentialLR(opt, [s.ConstantLR(opt, 0.1, 3), s.ExponentialLR(opt, 0.9)], [4])
    return s.SequentialLR(opt, [inner, s.StepLR(opt, 3)], [12])


def chain(s, opt):
    return s.ChainedScheduler([s.ConstantLR(opt, 0.1, 10), s.ExponentialLR(opt, 0.9), s.StepLR(opt, 7, 0.5)])


# Each makes a schedule in ``s``, which is optim.lr_scheduler or torch's, for an optimizer with two groups.
SCHEDULES = {
    "step": lambda s, opt: s.StepLR(opt, 3),
    "step by a half": lambda s, opt: s.StepLR(opt, step_size=10, gamma=0.5),
    "several steps": lambda s, opt: s.MultiStepLR(opt, [2, 5, 9]),
    "several steps, unordered and twice": lambda s, opt: s.MultiStepLR(opt, (30, 7, 7), gamma=0.3),
    "constant": lambda s, opt: s.ConstantLR(opt),
    "constant, half": lambda s, opt: s.ConstantLR(opt, factor=0.5, total_iters=10),
    "linear": lambda s, opt: s.LinearLR(opt),
    "linear, down": lambda s, opt: s.LinearLR(opt, 1.0, 0.1, total_iters=20),
    "linear, never": lambda s, opt: s.LinearLR(opt, 0.25, total_iters=0),
    "exponential": lambda s, opt: s.ExponentialLR(opt, 0.9),
    "exponential, up": lambda s, opt: s.ExponentialLR(opt, gamma=1.1),
    "polynomial": lambda s, opt: s.PolynomialLR(opt),
    "polynomial, 0.9": lambda s, opt: s.PolynomialLR(opt, total_iters=30, power=0.9),
    "cosine": lambda s, opt: s.CosineAnnealingLR(opt, 10),
    "cosine to a floor": lambda s, opt: s.CosineAnnealingLR(opt, T_max=37, eta_min=1e-3),
    "cosine of one epoch": lambda s, opt: s.CosineAnnealingLR(opt, 1, 0.01),
    "warm restarts": lambda s, opt: s.CosineAnnealingWarmRestarts(opt, 7),
    "warm restarts, longer each time": lambda s, opt: s.CosineAnnealingWarmRestarts(opt, 3, T_mult=2, eta_min=1e-4),
    "cycle": lambda s, opt: s.CyclicLR(opt, 0.01, 0.1, step_size_up=4),
    "cycle, halved": lambda s, opt: s.CyclicLR(opt, 0.01, 0.1, 3, 5, mode="triangular2"),
    "cycle, shrinking": lambda s, opt: s.CyclicLR(opt, 0.01, 0.1, 3, 5, mode="exp_range", gamma=0.95),
    "cycle by groups": lambda s, opt: s.CyclicLR(opt, [0.01, 0.1], [0.3, 0.5], 4, base_momentum=[0.7, 0.5]),
    "cycle, momentum stays": lambda s, opt: s.CyclicLR(opt, 0.01, 0.1, 4, cycle_momentum=False),
    "cycle by a function": lambda s, opt: s.CyclicLR(opt, 0.01, 0.1, 4, scale_fn=lambda x: 1 / 5 ** (x * 1e-2)),
    "cycle by a function of the epoch": lambda s, opt: s.CyclicLR(
        opt, 0.01, 0.1, 4, scale_fn=Ramp(0.1), scale_mode="iterations"
    ),
    "one cycle": lambda s, opt: s.OneCycleLR(opt, 0.5, total_steps=STEPS),
    "one cycle, linear": lambda s, opt: s.OneCycleLR(opt, 0.5, epochs=6, steps_per_epoch=10, anneal_strategy="linear"),
    "one cycle, three phases": lambda s, opt: s.OneCycleLR(opt, [0.5, 0.1], STEPS, three_phase=True, pct_start=0.4),
    "one cycle, momentum stays": lambda s, opt: s.OneCycleLR(
        opt, 0.5, STEPS, cycle_momentum=False, div_factor=10, final_div_factor=100
    ),
    "one cycle, momentum by groups": lambda s, opt: s.OneCycleLR(opt, 0.5, STEPS, max_momentum=[0.9, 0.8]),
    "function": lambda s, opt: s.LambdaLR(opt, lambda epoch: 0.95**epoch),
    "functions": lambda s, opt: s.LambdaLR(opt, [lambda epoch: epoch // 10, Ramp(0.5)]),
    "partial function": lambda s, opt: s.LambdaLR(opt, functools.partial(max, 0.5)),
    "factor": lambda s, opt: s.MultiplicativeLR(opt, lambda epoch: 0.9 if epoch % 2 else 1.0),
    "factors": lambda s, opt: s.MultiplicativeLR(opt, [Ramp(0.01), lambda epoch: 0.99]),
    "sequence": sequence,
    "sequence in a sequence": nested_sequence,
    "sequence that begins with the second": lambda s, opt: s.SequentialLR(
        opt, [s.ConstantLR(opt), s.ExponentialLR(opt, 0.5)], [0]
    ),
    "chain": chain,
}
# Those that take no epoch, and those without a formula for any.
WITHOUT_EPOCH = ("sequence", "chain")
# PyTorch finds no formula for 0 epochs: it divides by their number.
UNCHAINABLE = ("linear, never", "cycle", "one cycle", "warm", "function", "factor", "partial", "sequence", "chain")


def of(prefixes, wanted=True):
    return [name for name in SCHEDULES if name.startswith(prefixes) is wanted]


def torch_or_skip():
    return pytest.importorskip("torch")


def optimizer_of(lib, optimizers, kind="SGD", rates=(0.05, 0.5)):
    """An optimizer with two groups, the first of two parameters."""
    p = [lib.ones(2, requires_grad=True) for _ in range(3)]
    for w in p:
        w.grad = lib.zeros(2)
    rates = [lib.tensor(rate) if kind.endswith("Tensor") else rate for rate in rates]
    groups = [{"params": p[:2], "lr": rates[0]}, {"params": p[2], "lr": rates[1]}]
    if kind.startswith("Adam"):
        return optimizers.Adam(groups, lr=rates[0], betas=(0.8, 0.99))
    return optimizers.SGD(groups, lr=rates[0], momentum=0.9)


def both(kind="SGD", rates=(0.05, 0.5)):
    """Ours and PyTorch's: the schedules, and an optimizer."""
    torch = torch_or_skip()
    ours = (lr_scheduler, optimizer_of(autograd, optim, kind, rates))
    return ours, (torch.optim.lr_scheduler, optimizer_of(torch, torch.optim, kind, rates))


def settings(optimizer):
    """What schedules change, or keep, in the groups of an optimizer."""
    kept = ("lr", "momentum", "betas", "initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum")
    return [{name: number(group[name]) for name in kept if name in group} for group in optimizer.param_groups]


def number(value):
    return value.item() if hasattr(value, "item") else value


def plain(state):
    """A state dict with numbers for Tensors."""
    if isinstance(state, dict):
        return {key: plain(value) for key, value in state.items()}
    return [plain(value) for value in state] if isinstance(state, (list, tuple)) else number(state)


def follow(scheduler, optimizer, steps=STEPS):
    """What the optimizer's settings are at every step."""
    seen = [settings(optimizer)]
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        seen.append(settings(optimizer))
        assert [number(rate) for rate in scheduler.get_last_lr()] == [group["lr"] for group in seen[-1]]
    return seen


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_every_step_is_pytorchs(name, kind):
    seen, states = [], []
    for s, optimizer in both(kind):
        scheduler = SCHEDULES[name](s, optimizer)
        seen.append(follow(scheduler, optimizer))
        states.append(plain(scheduler.state_dict()))
    assert seen[0] == seen[1]
    assert states[0] == states[1]


@pytest.mark.parametrize("name", SCHEDULES)
def test_learning_rates_that_are_tensors(name):
    seen = []
    for s, optimizer in both("SGD, Tensor"):
        tensors = [group["lr"] for group in optimizer.param_groups]
        scheduler = SCHEDULES[name](s, optimizer)
        seen.append(follow(scheduler, optimizer))
        # Written into, and no other Tensor is the same.
        assert all(group["lr"] is tensor for group, tensor in zip(optimizer.param_groups, tensors))
        last = scheduler.get_last_lr()
        last[0].fill_(7.0)
        assert optimizer.param_groups[0]["lr"].item() != 7.0
    for mine, theirs in zip(*seen):
        for group, expected in zip(mine, theirs):
            assert group == pytest.approx(expected, rel=2e-6, abs=1e-9)


@pytest.mark.filterwarnings("ignore:The epoch parameter")
@pytest.mark.parametrize("name", of((*WITHOUT_EPOCH, "linear, never"), False))
def test_any_epoch_at_once(name):
    seen = []
    for s, optimizer in both():
        scheduler = SCHEDULES[name](s, optimizer)
        seen.append([settings(optimizer)])
        optimizer.step()
        for epoch in (3, 7, 0, 20, 4, None, 14, None, None, 33):
            scheduler.step(epoch)
            seen[-1].append((scheduler.last_epoch, settings(optimizer)))
    assert seen[0] == seen[1]


@pytest.mark.filterwarnings("ignore:The epoch parameter")
@pytest.mark.parametrize("name", of(UNCHAINABLE, False))
def test_the_chainable_form_gives_what_the_formula_does(name):
    optimizer, other = optimizer_of(autograd, optim), optimizer_of(autograd, optim)
    scheduler, direct = (SCHEDULES[name](lr_scheduler, each) for each in (optimizer, other))
    other.step()
    for epoch, seen in enumerate(follow(scheduler, optimizer)):
        direct.step(epoch)
        assert direct.get_last_lr() == pytest.approx([group["lr"] for group in seen], rel=1e-9, abs=1e-15)


@pytest.mark.filterwarnings("ignore:The epoch parameter")
def test_restarts_at_fractions_of_an_epoch():
    seen = []
    for s, optimizer in both():
        scheduler = s.CosineAnnealingWarmRestarts(optimizer, 3, T_mult=2)
        optimizer.step()
        seen.append([])
        for batch in range(100):
            scheduler.step(batch / 7)
            seen[-1].append((settings(optimizer), scheduler.last_epoch, scheduler.T_i))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda state: pickle.loads(pickle.dumps(state))])
def test_what_is_saved_goes_on(name, copied):
    optimizer = optimizer_of(autograd, optim)
    scheduler = SCHEDULES[name](lr_scheduler, optimizer)
    follow(scheduler, optimizer, 17)
    saved = copied([scheduler.state_dict(), optimizer.state_dict()])
    expected = follow(scheduler, optimizer, STEPS - 17)
    resumed = optimizer_of(autograd, optim, rates=(9.0, 9.0))
    again = SCHEDULES[name](lr_scheduler, resumed)
    before = plain(saved[0])
    again.load_state_dict(saved[0])
    assert plain(saved[0]) == before
    resumed.load_state_dict(saved[1])
    assert follow(again, resumed, STEPS - 17) == expected


@pytest.mark.parametrize("name", SCHEDULES)
def test_what_pytorch_saved_goes_on_here(name):
    (s, optimizer), (theirs, other) = both()
    scheduler, expected = SCHEDULES[name](s, optimizer), SCHEDULES[name](theirs, other)
    follow(expected, other, 11)
    scheduler.load_state_dict(expected.state_dict())
    for group, there in zip(optimizer.param_groups, other.param_groups):
        group.update({key: value for key, value in there.items() if key != "params"})
    assert follow(scheduler, optimizer, 30) == follow(expected, other, 30)


RESUMED = {
    "step": lambda s, opt, last: s.StepLR(opt, 3, last_epoch=last),
    "several steps": lambda s, opt, last: s.MultiStepLR(opt, [2, 5, 9, 12], last_epoch=last),
    "constant": lambda s, opt, last: s.ConstantLR(opt, total_iters=15, last_epoch=last),
    "linear": lambda s, opt, last: s.LinearLR(opt, total_iters=15, last_epoch=last),
    "exponential": lambda s, opt, last: s.ExponentialLR(opt, 0.9, last_epoch=last),
    "polynomial": lambda s, opt, last: s.PolynomialLR(opt, 30, last_epoch=last),
    "cosine": lambda s, opt, last: s.CosineAnnealingLR(opt, 10, last_epoch=last),
    "warm restarts": lambda s, opt, last: s.CosineAnnealingWarmRestarts(opt, 30, last_epoch=last),
    "cycle": lambda s, opt, last: s.CyclicLR(opt, 0.01, 0.1, 4, last_epoch=last),
    "one cycle": lambda s, opt, last: s.OneCycleLR(opt, 0.5, STEPS, last_epoch=last),
    "function": lambda s, opt, last: s.LambdaLR(opt, Ramp(0.1), last_epoch=last),
    "factor": lambda s, opt, last: s.MultiplicativeLR(opt, Ramp(0.1), last_epoch=last),
}


@pytest.mark.parametrize("name", RESUMED)
@pytest.mark.parametrize("steps", [4, 10])
def test_going_on_from_a_last_epoch(name, steps):
    seen = []
    for s, optimizer in both():
        follow(RESUMED[name](s, optimizer, -1), optimizer, steps)
        seen.append(follow(RESUMED[name](s, optimizer, steps - 1), optimizer, 20))
    assert seen[0] == seen[1]


def test_there_must_be_something_to_go_on_from():
    for make in RESUMED.values():
        with pytest.raises(KeyError, match=r"'initial_lr' is not specified in param_groups\[0\]"):
            make(lr_scheduler, optimizer_of(autograd, optim), 3)


PLATEAUS = {
    "flat": ({"patience": 3}, [1.0] * STEPS),
    "falling": ({"patience": 0}, [1 / (1 + i) for i in range(STEPS)]),
    "falling, by too little": ({"patience": 2, "threshold": 0.1}, [1 - 0.01 * i for i in range(STEPS)]),
    "falling, by too little in absolute terms": (
        {"patience": 2, "threshold": 0.1, "threshold_mode": "abs"},
        [10 - 0.05 * i for i in range(STEPS)],
    ),
    "rising": ({"patience": 1, "mode": "max"}, [math.sqrt(i) for i in range(STEPS)]),
    "rising, by too little": (
        {"patience": 1, "mode": "max", "threshold": 0.3, "threshold_mode": "abs"},
        [math.sqrt(i) for i in range(STEPS)],
    ),
    "cooldown": ({"patience": 1, "cooldown": 4, "factor": 0.5}, [1.0] * STEPS),
    "floors": ({"patience": 0, "factor": 0.5, "min_lr": [0.01, 0.1]}, [1.0] * STEPS),
    "floor": ({"patience": 0, "factor": 0.5, "min_lr": 1e-3, "eps": 1e-3}, [1.0] * STEPS),
    "not a number": ({"patience": 2}, [1.0, 0.5, *[math.nan] * 10, 0.1, *[math.nan] * 10]),
}


@pytest.mark.parametrize("kind", ["SGD", "SGD, Tensor"])
@pytest.mark.parametrize("name", PLATEAUS)
def test_plateaus_are_pytorchs(name, kind):
    options, metrics = PLATEAUS[name]
    seen, states = [], []
    for s, optimizer in both(kind):
        scheduler = s.ReduceLROnPlateau(optimizer, **options)
        seen.append([])
        for i, metric in enumerate(metrics):
            if i == 9:  # A state dict has all of it.
                state = copy.deepcopy(scheduler.state_dict())
                scheduler = s.ReduceLROnPlateau(optimizer, "min" if options.get("mode") == "max" else "max")
                scheduler.load_state_dict(state)
            scheduler.step(autograd.tensor(metric, dtype=autograd.float64) if s is lr_scheduler else metric)
            counts = (scheduler.num_bad_epochs, scheduler.last_epoch, scheduler.in_cooldown)
            seen[-1].append((plain(scheduler.get_last_lr()), *counts))
        states.append(plain(scheduler.state_dict()))
    rates = [[round(rate, 9) for entry in found for rate in entry[0]] for found in seen]
    assert rates[0] == rates[1]
    assert [entry[1:] for entry in seen[0]] == [entry[1:] for entry in seen[1]]
    assert states[0].keys() == states[1].keys()


def test_groups_that_come_after_a_plateau_began():
    for floor, error in ((0.01, None), ([0.01, 0.02], RuntimeError)):
        optimizer = optimizer_of(autograd, optim)
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, min_lr=floor)
        optimizer.add_param_group({"params": autograd.ones(1, requires_grad=True), "lr": 0.1})
        scheduler.step(1.0)
        if error:
            with pytest.raises(error, match=r"param groups in the optimizer \(3\) differs .*\(2\)"):
                scheduler.step(1.0)
        else:
            scheduler.step(1.0)
            assert scheduler.min_lrs == [floor] * 3
            assert scheduler.get_last_lr()[2] == pytest.approx(0.01)


def other(opt):
    """Another optimizer of the same kind."""
    return type(opt)([opt.param_groups[0]["params"][0]], lr=0.1)


REFUSED = {
    "linear from 0": lambda s, opt: s.LinearLR(opt, 0.0),
    "linear from 2": lambda s, opt: s.LinearLR(opt, 2.0),
    "linear to 2": lambda s, opt: s.LinearLR(opt, end_factor=2.0),
    "constant of 2": lambda s, opt: s.ConstantLR(opt, 2.0),
    "constant below 0": lambda s, opt: s.ConstantLR(opt, -0.1),
    "restarts after 0": lambda s, opt: s.CosineAnnealingWarmRestarts(opt, 0),
    "restarts after 1.5": lambda s, opt: s.CosineAnnealingWarmRestarts(opt, 1.5),
    "shorter restarts": lambda s, opt: s.CosineAnnealingWarmRestarts(opt, 5, 0),
    "restarts to text": lambda s, opt: s.CosineAnnealingWarmRestarts(opt, 5, 1, "0"),
    "restarts, negative epoch": lambda s, opt: s.CosineAnnealingWarmRestarts(opt, 5).step(-1),
    "cycle of an unknown mode": lambda s, opt: s.CyclicLR(opt, 0.1, 1.0, mode="circle"),
    "cycle for three groups": lambda s, opt: s.CyclicLR(opt, [0.1, 0.1, 0.1], 1.0),
    "cycle to three groups": lambda s, opt: s.CyclicLR(opt, 0.1, (1.0, 1.0, 1.0)),
    "one cycle of no length": lambda s, opt: s.OneCycleLR(opt, 0.1),
    "one cycle of 0": lambda s, opt: s.OneCycleLR(opt, 0.1, total_steps=0),
    "one cycle of 1.5": lambda s, opt: s.OneCycleLR(opt, 0.1, total_steps=1.5),
    "one cycle of -1 epochs": lambda s, opt: s.OneCycleLR(opt, 0.1, epochs=-1, steps_per_epoch=3),
    "one cycle of 0 batches": lambda s, opt: s.OneCycleLR(opt, 0.1, epochs=1, steps_per_epoch=0),
    "one cycle, all of it twice": lambda s, opt: s.OneCycleLR(opt, 0.1, 10, pct_start=2.0),
    "one cycle, int part": lambda s, opt: s.OneCycleLR(opt, 0.1, 10, pct_start=1),
    "one cycle by jumps": lambda s, opt: s.OneCycleLR(opt, 0.1, 10, anneal_strategy="jump"),
    "one cycle, one momentum": lambda s, opt: s.OneCycleLR(opt, 0.1, 10, max_momentum=[0.9]),
    "functions for three groups": lambda s, opt: s.LambdaLR(opt, [abs, abs, abs]),
    "a number as factor": lambda s, opt: s.MultiplicativeLR(opt, 0.5),
    "factors for one group": lambda s, opt: s.MultiplicativeLR(opt, [abs]),
    "plateau, up": lambda s, opt: s.ReduceLROnPlateau(opt, factor=1.0),
    "plateau of an unknown mode": lambda s, opt: s.ReduceLROnPlateau(opt, "mean"),
    "plateau of an unknown threshold": lambda s, opt: s.ReduceLROnPlateau(opt, threshold_mode="both"),
    "plateau with three floors": lambda s, opt: s.ReduceLROnPlateau(opt, min_lr=[0, 0, 0]),
    "sequence of nothing": lambda s, opt: s.SequentialLR(opt, [], []),
    "sequence without milestones": lambda s, opt: s.SequentialLR(opt, [s.StepLR(opt, 3), s.StepLR(opt, 2)], []),
    "sequence of a plateau": lambda s, opt: s.SequentialLR(opt, [s.ReduceLROnPlateau(opt)], []),
    "sequence of something else": lambda s, opt: s.SequentialLR(opt, [abs], []),
    "sequence of another's": lambda s, opt: s.SequentialLR(opt, [s.StepLR(other(opt), 3)], []),
    "chain of nothing": lambda s, opt: s.ChainedScheduler([]),
    "chain of a plateau": lambda s, opt: s.ChainedScheduler([s.ReduceLROnPlateau(opt)]),
    "chain of another's": lambda s, opt: s.ChainedScheduler([s.StepLR(opt, 3), s.StepLR(other(opt), 3)]),
    "chain with another": lambda s, opt: s.ChainedScheduler([s.StepLR(opt, 3)], other(opt)),
    "base class": lambda s, opt: s.LRScheduler(opt),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_as_in_pytorch_and_changes_nothing(name):
    optimizer = optimizer_of(autograd, optim)
    before = settings(optimizer)
    with pytest.raises((ValueError, TypeError, NotImplementedError)) as caught:
        REFUSED[name](lr_scheduler, optimizer)
    if not name.startswith(("sequence", "chain", "restarts, negative", "base class")):
        assert settings(optimizer) == before
    (_, (theirs, other_optimizer)) = both()
    with pytest.raises(type(caught.value)) as expected:
        REFUSED[name](theirs, other_optimizer)
    assert type(expected.value) is type(caught.value)


@pytest.mark.parametrize("make", [s for s in SCHEDULES.values() if s not in (sequence, nested_sequence, chain)])
def test_a_foreign_optimizer_is_refused(make):
    class Foreign:
        param_groups = [{"lr": 0.1}, {"lr": 0.1}]  # noqa: RUF012
        defaults = {"momentum": 0.9}  # noqa: RUF012

    with pytest.raises(TypeError, match="Foreign is not an Optimizer"):
        make(lr_scheduler, Foreign())


def test_settings_that_could_only_divide_by_zero():
    optimizer = optimizer_of(autograd, optim)
    for make in (lr_scheduler.StepLR, lr_scheduler.CosineAnnealingLR):
        with pytest.raises(ValueError, match="can't be 0"):
            make(optimizer, 0)


class Plain(optim.Optimizer):
    """Without momentum, and with a step of its own."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    def step(self, closure=None):
        return closure and closure()


@pytest.mark.parametrize("name", of(("cycle", "one cycle")))
def test_momentum_that_is_not_there_is_not_cycled(name):
    optimizer = Plain([{"params": autograd.ones(1)}, {"params": autograd.ones(1)}], 0.1)
    if "stays" in name:
        SCHEDULES[name](lr_scheduler, optimizer)
        return
    with pytest.raises(ValueError, match="optimizer must support momentum or beta1"):
        SCHEDULES[name](lr_scheduler, optimizer)


def test_one_cycle_ends():
    optimizer = optimizer_of(autograd, optim)
    scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=3)
    follow(scheduler, optimizer, 3)
    with pytest.raises(ValueError, match=r"Tried to step 4 times\. The specified number of total steps is 3"):
        scheduler.step()


def test_groups_that_a_schedule_does_not_know():
    optimizer = optimizer_of(autograd, optim)
    scheduler = lr_scheduler.LambdaLR(optimizer, abs)
    optimizer.add_param_group({"params": autograd.ones(1)})
    optimizer.step()
    with pytest.raises(ValueError, match="learning rates for 2 parameter groups, but the optimizer has 3"):
        scheduler.step()


def messages(work):
    """The warnings of a call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work()
    return [str(warning.message) for warning in caught]


def test_a_step_before_the_optimizers_is_warned_of_once():
    optimizer = optimizer_of(autograd, optim)
    scheduler = lr_scheduler.StepLR(optimizer, 3)
    (message,) = messages(scheduler.step)
    assert "`lr_scheduler.step()` before `optimizer.step()`" in message
    assert "how-to-adjust-learning-rate" in message
    assert messages(scheduler.step) == []
    optimizer = optimizer_of(autograd, optim)
    scheduler = lr_scheduler.StepLR(optimizer, 3)
    optimizer.step()
    assert messages(scheduler.step) == []


def test_a_step_that_was_replaced_is_warned_of():
    optimizer = optimizer_of(autograd, optim)
    scheduler = lr_scheduler.StepLR(optimizer, 3)
    optimizer.step = types.MethodType(lambda self: None, optimizer)
    optimizer.step()
    (message,) = messages(scheduler.step)
    assert "has been overridden after learning rate scheduler initialization" in message
    # Replaced before, it is noted as any other, whatever it is.
    called = []
    optimizer.step = lambda: called.append(1)
    scheduler = lr_scheduler.StepLR(optimizer, 3)
    optimizer.step()
    assert (messages(scheduler.step), called) == ([], [1])


def test_an_optimizer_with_a_step_of_its_own():
    optimizer = Plain([autograd.ones(1)], 0.1)
    scheduler = lr_scheduler.StepLR(optimizer, 1)
    assert optimizer.step(lambda: 5) == 5
    assert messages(scheduler.step) == []


def test_the_epoch_is_deprecated():
    for scheduler, arguments in (
        (lr_scheduler.StepLR(optimizer_of(autograd, optim), 3), (2,)),
        (lr_scheduler.ReduceLROnPlateau(optimizer_of(autograd, optim)), (1.0, 2)),
    ):
        scheduler.optimizer.step()
        (message,) = messages(lambda: scheduler.step(*arguments))  # noqa: B023
        assert message.startswith("The epoch parameter in `scheduler.step()` is deprecated")
        assert scheduler.last_epoch == 2


def test_get_lr_is_not_for_users():
    scheduler = lr_scheduler.ExponentialLR(optimizer_of(autograd, optim), 0.5)
    (message,) = messages(scheduler.get_lr)
    assert "please use `get_last_lr()`" in message


def test_a_schedule_of_ones_own():
    class Own(lr_scheduler._LRScheduler):
        def get_lr(self):
            return [lr / (1 + self.last_epoch) for lr in self.base_lrs]

    class Longer(lr_scheduler.StepLR):
        def get_lr(self):
            return [2 * lr for lr in super().get_lr()]

    optimizer = optimizer_of(autograd, optim)
    assert [group[0]["lr"] for group in follow(Own(optimizer), optimizer, 3)] == [0.05, 0.025, 0.05 / 3, 0.0125]
    optimizer = optimizer_of(autograd, optim)
    scheduler = Longer(optimizer, 10)
    assert messages(lambda: follow(scheduler, optimizer, 1)) == []
    assert scheduler.get_last_lr() == [0.2, 2.0]


def test_an_optimizer_is_copied_and_saved_with_its_schedule():
    optimizer = optimizer_of(autograd, optim)
    lr_scheduler.StepLR(optimizer, 3)
    w = optimizer.param_groups[0]["params"][0]
    for made in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        (v,) = made.param_groups[0]["params"][:1]
        v.grad = autograd.ones(2)
        made.step()
        assert v.tolist() == [pytest.approx(0.95)] * 2
        assert w.tolist() == [1.0, 1.0]


def test_a_schedule_goes_with_its_last_handle():
    gc.collect()
    gc.disable()
    try:
        optimizer = optimizer_of(autograd, optim)
        scheduler = lr_scheduler.CyclicLR(optimizer, 0.1, 1.0)
        kept = weakref.ref(scheduler), weakref.ref(optimizer)
        del scheduler
        assert kept[0]() is None
        del optimizer
        assert kept[1]() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("name", sorted(lr_scheduler.__all__))
def test_signatures_are_pytorchs(name):
    import inspect

    theirs = getattr(torch_or_skip().optim.lr_scheduler, name)
    parameters = lambda function: [(p.name, p.default, p.kind) for p in inspect.signature(function).parameters.values()]
    assert parameters(getattr(lr_scheduler, name)) == parameters(theirs)
    assert name.startswith("_") or parameters(getattr(lr_scheduler, name).step) == parameters(theirs.step)


def test_all_of_pytorchs_are_here():
    assert set(torch_or_skip().optim.lr_scheduler.__all__) == set(lr_scheduler.__all__) - {"_LRScheduler"}

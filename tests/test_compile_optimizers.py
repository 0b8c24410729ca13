"""Steps of every optimizer with its options, compiled: the same bits as what runs as ever."""

from __future__ import annotations

import inspect

import pytest
from test_compile import Training, batches, bits, check_training, mlp

import autograd
import nn
import optim

COMMON = [{}, {"maximize": True}, {"weight_decay": 0.1}, {"foreach": True}, {"foreach": False}]
OPTIONS = {
    "Adadelta": [{"rho": 0.5, "eps": 1e-3}],
    "Adafactor": [{"beta2_decay": -0.5}, {"d": 2.0}],
    "Adagrad": [{"lr_decay": 0.1}, {"initial_accumulator_value": 0.5}],
    "Adam": [{"amsgrad": True}, {"betas": (0.5, 0.9)}, {"decoupled_weight_decay": True, "weight_decay": 0.1}],
    "AdamW": [{"amsgrad": True, "maximize": True}, {"eps": 1e-3}],
    "Adamax": [{"betas": (0.5, 0.9)}],
    "ASGD": [{"lambd": 0.1, "alpha": 0.5}, {"t0": 2}],
    "Muon": [{"nesterov": False}, {"ns_steps": 3}, {"adjust_lr_fn": "match_rms_adamw"}],
    "NAdam": [{"momentum_decay": 0.1}, {"decoupled_weight_decay": True, "weight_decay": 0.1}],
    "RAdam": [{"betas": (0.5, 0.6)}, {"decoupled_weight_decay": True, "weight_decay": 0.1}],
    "RMSprop": [{"centered": True}, {"momentum": 0.9}, {"centered": True, "momentum": 0.5, "alpha": 0.5}],
    "Rprop": [{"etas": (0.3, 1.5), "step_sizes": (1e-4, 1.0)}],
    "SGD": [
        {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"momentum": 0.5, "dampening": 0.1},
        {"momentum": 0.9, "weight_decay": 0.1, "maximize": True},
    ],
}  # fmt: skip
# What takes a step by a closure, or what others take.
OTHERS = {"LBFGS", "Optimizer", "ZeroRedundancyOptimizer"}


def rows():
    for name, options in OPTIONS.items():
        taken = inspect.signature(getattr(optim, name)).parameters
        for given in (*COMMON, *options):
            if given.keys() <= taken.keys():
                yield name, given


def made(name, options):
    lr = {} if "lr" in options else {"lr": 0.05}
    chosen = (lambda p: [x for x in p if x.ndim == 2]) if name == "Muon" else list
    return lambda p: getattr(optim, name)(chosen(p), **lr, **options)


@pytest.mark.parametrize(("name", "options"), rows(), ids=lambda x: str(x))
def test_a_step_of_every_optimizer_with_its_options(name, options):
    # Muon leaves the biases to others: their gradients are there from the second call on.
    assert check_training(mlp, made(name, options)).replays == 4 - (name == "Muon")


def test_no_optimizer_is_left_out():
    kinds = {name for name, kind in vars(optim).items() if isinstance(kind, type) and issubclass(kind, optim.Optimizer)}
    assert kinds - OTHERS == OPTIONS.keys()


@pytest.mark.parametrize("name", OPTIONS)
def test_gradients_are_gathered_over_several_batches(name):
    """One step in three calls; the last batch is smaller, and the norm is clipped."""
    trainings = [Training(mlp, made(name, {})) for _ in range(2)]

    def gather(training, x, y):
        loss = nn.functional.cross_entropy(training.model(x), y) / 3
        loss.backward()
        return loss.detach()

    def step(training):
        norm = nn.utils.clip_grad_norm_(training.model.parameters(), 0.1)
        training.optimizer.step()
        training.optimizer.zero_grad()
        return norm

    gathers, steps = (gather, autograd.compile(gather)), (step, autograd.compile(step))
    for i, (x, y) in enumerate(batches(24)):
        x, y = (x[:2], y[:2]) if i % 6 == 5 else (x, y)
        found = []
        for training, gathering, stepping in zip(trainings, gathers, steps):
            loss = gathering(training, x, y)
            norm = stepping(training) if i % 3 == 2 else None
            found.append((bits(loss), bits(norm), training.state()))
        assert found[0] == found[1]
    assert gathers[1].replays >= 15 and steps[1].replays >= 5
